"""What settled bets say of skill, luck and risk. Pure: columns in, structs of `performance_views` out.

`sample` and `words` cost nothing to import; all else brings numpy, so whoever starts an app imports it when a report
is first asked for.
"""
