"""What helps those who help: short passages for each group, in the four stages of a pathway.

It may ask `services` and `referrals`; nothing imports it. Pages of the guide link by the names of routes.
"""
