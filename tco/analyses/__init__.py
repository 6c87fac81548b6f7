"""One question a file, asked of a case in many draws: what decides, what it takes, what it is worth to know."""
