def plan_page(made, seen, titles):
    return made
