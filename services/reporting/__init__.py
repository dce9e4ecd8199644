"""Reports that something is wrong with a listing, and the holds that follow from them.

`report` weighs what is reported, `holds` takes a listing out and lets two people bring it back,
`resolving` is what an editor answers, `overview` what the office shows of it all.
"""
