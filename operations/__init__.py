"""Running the site: work by the clock, health, backups, and what is wrong with a machine.

It may ask every other app; none of them asks it. Its words are for whoever runs the machine: English, untranslated.
"""
