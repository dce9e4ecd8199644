"""Texts in several languages: files for translators, how far each language is, drafts and what is older."""
