"""Who visits whom, when and in what order: a problem, plans by PyVRP, and a checker that knows nothing of the solver.

:mod:`geo.routing.problem` says what is asked, :mod:`geo.routing.timing` when an order of stops is done, with lunch and
windows, :mod:`geo.routing.solve` looks for the best plan, :mod:`geo.routing.check` holds it against every rule, and
:mod:`geo.routing.reasons` says why a visit is not in it.
"""
