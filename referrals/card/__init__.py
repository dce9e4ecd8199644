"""A small card for the person: numbers they may need, in their language, in words that give nothing away."""
