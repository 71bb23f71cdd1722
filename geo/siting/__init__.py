"""Where stations should stand: solvers that prove how good their answer is.

Travel times go in (:class:`geo.matrix.TravelTimes`), a frozen result with its bound comes out. Two ideas carry most
of it: a search that swaps one site for another until nothing gains (:mod:`geo.siting.exchange`), and Lagrangian
relaxation, which says how good any plan could be at most and which sites no better plan can hold
(:mod:`geo.siting.volume`). What is left, mostly little, goes to HiGHS.
"""
