"""The directory in the words of the Human Services Data Specification (HSDS 3.2, Open Referral UK 3.0).

https://docs.openreferral.org/ and https://docs.openreferraluk.org/; one JSON body satisfies both.
"""
