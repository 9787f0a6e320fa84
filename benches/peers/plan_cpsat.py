"""OR-Tools CP-SAT on a choose-and-schedule instance: FILE SECONDS. Prints value and bound."""

import sys

from ortools.sat.python import cp_model


def main():
    words = map(int, open(sys.argv[1]).read().split())
    take = lambda: next(words)
    n, periods, kinds = take(), take(), take()
    limits = [take() for _ in range(kinds)]
    duration, demand, value = [], [], []
    for _ in range(n):
        duration.append(take())
        demand.append([take() for _ in range(kinds)])
        take(), take()
        value.append([take() for _ in range(periods)])
    waits = [(take(), take()) for _ in range(take())]
    pairs = [(take(), take()) for _ in range(take())]
    model = cp_model.CpModel()
    x = {
        (a, t): model.new_bool_var(f"{a}@{t}")
        for a in range(n)
        for t in range(periods)
        if value[a][t] > 0
    }
    of = [[x[a, t] for t in range(periods) if (a, t) in x] for a in range(n)]
    for starts in of:
        model.add_at_most_one(starts)
    for k in range(kinds):
        for q in range(periods):
            uses = [demand[a][k] * v for (a, t), v in x.items() if t <= q < t + duration[a]]
            model.add(sum(uses) <= limits[k])
    for before, after in waits:
        for t in range(periods):
            if (after, t) in x:
                begun = sum(x[after, s] for s in range(t + 1) if (after, s) in x)
                ended = range(t - duration[before] + 1)
                model.add(begun <= sum(x[before, s] for s in ended if (before, s) in x))
    for a, b in pairs:
        model.add_at_most_one(of[a] + of[b])
    model.maximize(sum(value[a][t] * v for (a, t), v in x.items()))
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = float(sys.argv[2])
    solver.parameters.num_workers = 2
    solver.solve(model)
    print(solver.objective_value, solver.best_objective_bound)


main()
