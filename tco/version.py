"""The version of tco, in one place."""

VERSION = "0.1.0"
