"""The thirty-second check: organisations are asked by mail whether their listings are right.

`due` says whom to ask, `mailing` sends, `links` opens, `answers` writes down what was said,
`proposals` waits for an editor; `page` is what the organisation sees, `office` what the city does.
"""
