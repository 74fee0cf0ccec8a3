"""The account of a case on a day: the facts of its money in, the décompte out.

`facts` says what happened; `opening` which claims there are and on what terms; `running` lets a claim's days go by;
`imputation` lays every payment against what is owed; `decompte` tells the result, `canonical` as the object that
everybody reads, `lines` as postings. `transfer` parts a case in two; `checks` says what cannot become a fact.
"""
