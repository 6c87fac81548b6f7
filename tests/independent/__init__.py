"""An independent reading of the model page, used as an oracle: it shares no code with the product."""
