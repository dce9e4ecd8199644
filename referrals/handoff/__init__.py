"""Nameless referrals with receipts: a code, a service, a need, a state.

`rules` says which act leads from which state to which, `acts` does it, `links` and `letters`
reach a service without an account, `learning` tells the directory what was learnt, `purging`
forgets. `worker` and `receiver` are the pages, `api` the door for partners.
"""
