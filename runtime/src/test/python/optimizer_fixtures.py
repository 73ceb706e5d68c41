"""Five steps of every PyTorch optimizer under every penalty.

What happens in a step, in PyTorch's own words:

    w.grad = gradient of the data loss            given, the same in every case
    clip_grad_norm_, clip_grad_value_             where the case clips
    (sum of the coupled penalties).backward()     autograd adds their gradients to w.grad
    w *= 1 - lr * decay                           decoupled decay; torch.optim.AdamW does it itself
    optimizer.step()
    proximal map, max_norm                        in plain operations, since PyTorch has neither

Every case runs twice, in single and in double precision, from the same numbers. The two must stay together; a case
that is chaotic (a sign decided by rounding) is refused here rather than found in a test later.
"""

import torch
from torch.nn.utils import clip_grad_norm_, clip_grad_value_

from fixture_json import write
from paper_optimizers import PAPERS
from penalties import EXPRESSIONS, PENALTIES, bounded, l1, l2, prox
from problems import FINITE, NONFINITE, STEPS

OPTIMIZERS = {
    "sgd": dict(name="SGD", lr=0.1),
    "sgd-momentum": dict(name="SGD", lr=0.1, momentum=0.9),
    "sgd-dampening": dict(name="SGD", lr=0.1, momentum=0.9, dampening=0.3),
    "sgd-nesterov": dict(name="SGD", lr=0.1, momentum=0.9, nesterov=True),
    "adam": dict(name="Adam", lr=0.01, betas=(0.9, 0.999), eps=1e-8),
    "adam-pix2pix": dict(name="Adam", lr=2e-4, betas=(0.5, 0.999), eps=1e-8),
    "adamw": dict(name="AdamW", lr=0.01, betas=(0.9, 0.99), eps=1e-6, weight_decay=0.1),
    "rmsprop": dict(name="RMSprop", lr=0.01, alpha=0.9, eps=1e-8),
    "rmsprop-momentum": dict(name="RMSprop", lr=0.01, alpha=0.9, eps=1e-6, momentum=0.8),
    "rmsprop-centered": dict(name="RMSprop", lr=0.01, alpha=0.9, eps=1e-3, centered=True),
    "adagrad": dict(name="Adagrad", lr=0.1, eps=1e-10),
    "adagrad-lr-decay": dict(name="Adagrad", lr=0.1, lr_decay=0.2, initial_accumulator_value=0.1, eps=1e-6),
    "adam-amsgrad": dict(name="Adam", lr=0.01, betas=(0.8, 0.5), eps=1e-8, amsgrad=True),
    "adadelta": dict(name="Adadelta", lr=1.0, rho=0.9, eps=1e-3),
    "adamax": dict(name="Adamax", lr=0.01, betas=(0.9, 0.99), eps=1e-6),
    "nadam": dict(name="NAdam", lr=0.01, betas=(0.9, 0.99), eps=1e-6, momentum_decay=0.1),
    "radam": dict(name="RAdam", lr=0.01, betas=(0.8, 0.7), eps=1e-6),
}


def optimizer(arguments, parameters, weight_decay):
    arguments = dict(arguments)
    name = arguments.pop("name")
    kind = PAPERS.get(name) or getattr(torch.optim, name)
    if weight_decay:
        assert "weight_decay" not in arguments
        arguments["weight_decay"] = weight_decay
    arguments["lr"] = at(arguments["lr"], 0)
    return kind(parameters, **arguments)


def steady(name, after, terms):
    """No weight may come so near to 0 that rounding decides its sign."""
    if any(word["word"] in SIGNED for word in terms):
        for steps in after.values():
            for before, now in zip(steps, steps[1:]):
                near = (now != 0) & (now.abs() < 1e-5 * before.abs())
                assert not near.any(), f"{name}: rounding decides a sign"


def at(value, step):
    """A number that may change from step to step."""
    return value[step] if isinstance(value, list) else value


def denominator(kind, arguments, state):
    """What an adaptive optimizer divided the last step by, and its effective learning rate."""
    lr, eps = arguments["lr"], arguments.get("eps")
    if kind == "Adam" and arguments.get("amsgrad"):
        return lr, state["max_exp_avg_sq"].sqrt() / (1 - arguments["betas"][1] ** float(state["step"])) ** 0.5 + eps
    if kind in ("Adam", "AdamW", "NAdam"):
        correction = 1 - arguments["betas"][1] ** float(state["step"])
        return lr, state["exp_avg_sq"].sqrt() / correction**0.5 + eps
    if kind == "RMSprop":
        mean = state["grad_avg"] ** 2 if arguments.get("centered") else 0
        return lr, (state["square_avg"] - mean).sqrt() + eps
    if kind == "Adagrad":
        decayed = lr / (1 + (float(state["step"]) - 1) * arguments.get("lr_decay", 0))
        return decayed, state["sum"].sqrt() + eps
    if kind == "Adadelta":
        return lr * (state["acc_delta"] + eps).sqrt(), (state["square_avg"] + eps).sqrt()
    if kind == "Adamax":
        return lr, state["exp_inf"]
    if kind == "RAdam":
        return rectified(lr, arguments["betas"][1], float(state["step"]), state["exp_avg_sq"].sqrt() + eps)
    return lr, 1.0



def rectified(lr, beta2, step, root):
    """RAdam's learning rate and denominator, by the paper's algorithm 2."""
    longest = 2 / (1 - beta2) - 1
    length = longest - 2 * step * beta2**step / (1 - beta2**step)
    if length <= 5:
        return lr, 1.0
    ratio = (length - 4) * (length - 2) * longest / ((longest - 4) * (longest - 2) * length)
    return lr * ratio**0.5 * (1 - beta2**step) ** 0.5, root


def coupled(term, step):
    """The part of a term that autograd sees, as a function of w, or None."""
    word, mode = term["word"], term.get("mode", "subgradient")
    strength = at(term.get("lambda"), step)
    if word == "elastic_net":
        ratio = term["ratio"]
        smooth = lambda w: strength * (1 - ratio) * l2(w, term)
        return smooth if mode == "prox" else lambda w: strength * ratio * l1(w, term) + smooth(w)
    if word in ("weight_decay", "decay", "max_norm") or mode == "prox":
        return None
    return lambda w: strength * PENALTIES[word][0](w, term)


def value(term, w, step):
    """The penalty of a term at w, in double precision."""
    w = w.detach().double()
    strength = at(term.get("lambda"), step)
    if term["word"] in ("decay", "max_norm"):
        return 0.0
    if term["word"] == "elastic_net":
        return strength * (term["ratio"] * float(l1(w, term)) + (1 - term["ratio"]) * float(l2(w, term)))
    word = "l2" if term["word"] == "weight_decay" else term["word"]
    return float(strength * PENALTIES[word][0](w, term))


def run(arguments, terms, problem, on, clip, dtype):
    """Five steps, with the scalars that an optimizer keeps (NAdam's product) in the precision of the weights."""
    usual = torch.get_default_dtype()
    torch.set_default_dtype(dtype)
    try:
        return steps(arguments, terms, problem, on, clip, dtype)
    finally:
        torch.set_default_dtype(usual)


def steps(arguments, terms, problem, on, clip, dtype):
    """Five steps. Returns the weights after each, the penalties before each, the optimizer's state and the margins."""
    single = {name: [torch.tensor(part, dtype=torch.float32) for part in problem[name]] for name in on}
    weights = {name: single[name][0].to(dtype).requires_grad_() for name in on}
    weight_decay = sum(term["lambda"] for term in terms if term["word"] == "weight_decay")
    stepper = optimizer(arguments, list(weights.values()), weight_decay)
    after, penalties, margins = {name: [] for name in on}, {name: [] for name in on}, []
    for step in range(STEPS):
        for group in stepper.param_groups:
            group["lr"] = at(arguments["lr"], step)
        for name, w in weights.items():
            w.grad = single[name][1][step].to(dtype)
            penalties[name].append(sum((value(term, w, step) for term in terms), 0.0))
        if "norm" in clip:
            clip_grad_norm_(weights.values(), clip["norm"])
        if "value" in clip:
            clip_grad_value_(weights.values(), clip["value"])
        for w in weights.values():
            for part in filter(None, (coupled(term, step) for term in terms)):
                part(w).backward()
        with torch.no_grad():
            for w in weights.values():
                for term in terms:
                    if term["word"] == "decay":
                        w.mul_(1 - stepper.param_groups[0]["lr"] * term["lambda"])
        stepper.step()
        with torch.no_grad():
            for w in weights.values():
                for term in terms:
                    if term.get("mode") == "prox":
                        here = dict(arguments, lr=stepper.param_groups[0]["lr"])
                        lr, divisor = denominator(arguments["name"], here, stepper.state[w])
                        w.copy_(prox(w, dict(term, **{"lambda": at(term["lambda"], step)}), lr, divisor, margins))
                    if term["word"] == "max_norm":
                        w.copy_(bounded(w, term))
        for name, w in weights.items():
            after[name].append(w.detach().clone())
    state = {
        name: {key: part for key, part in stepper.state[w].items() if isinstance(part, torch.Tensor) and part.dim()}
        for name, w in weights.items()
    }
    return after, penalties, state, margins


def case(name, arguments, terms, problem=FINITE, on=None, clip=None, keep_state=False):
    on, clip = on or list(problem), clip or {}
    after, penalties, state, margins = run(arguments, terms, problem, on, clip, torch.float32)
    exact, _, _, _ = run(arguments, terms, problem, on, clip, torch.float64)
    if problem is FINITE:
        together(name, arguments, after, exact)
        steady(name, after, terms)
    assert all(margin.min() > 1e-4 for margin in margins if margin.numel()), f"{name}: a zero is decided by rounding"
    described = [dict(term, pytorch=describe(term)) for term in terms]
    result = dict(name=name, optimizer=dict(arguments))
    if clip:
        result["clip"] = clip
    rounded = {name: torch.tensor(values, dtype=torch.float32) for name, values in penalties.items()}
    result.update(terms=described, penalties=rounded, weights=after)
    result["double"] = {name: steps[-1] for name, steps in exact.items()}
    if keep_state:
        result["state"] = state
    return result


def describe(term):
    word = term["word"]
    if term.get("mode") == "prox" or word == "max_norm":
        return "after step(), in plain operations"
    if word == "weight_decay":
        return "weight_decay=lambda"
    if word == "decay":
        return "w.mul_(1 - lr * lambda) before step()"
    if word == "elastic_net":
        return "lambda * ratio * w.norm(1) + 0.5 * lambda * (1 - ratio) * w.pow(2).sum()"
    return PENALTIES[word][1]


WORST = {}


def together(name, arguments, after, exact):
    """Single precision must follow double precision: error relative to the largest weight on an element's way."""
    for parameter, steps in after.items():
        way = torch.stack(exact[parameter])
        scale = way.abs().amax(dim=0).clamp(min=at(arguments["lr"], 0))
        error = float(((torch.stack(steps).double() - way).abs() / scale).max())
        assert error < 2e-6, f"{name} is chaotic at {parameter}: {error}"
        key = arguments["name"]
        WORST[key] = max(WORST.get(key, (0.0, "")), (error, f"{name}/{parameter}"))


def term(word, strength=None, **more):
    if strength is not None:
        more = dict({"lambda": strength}, **more)
    if word in EXPRESSIONS:
        more["expression"] = EXPRESSIONS[word]
    return dict(word=word, **more)


SHAPED = ["matrix", "conv"]
SIGNED = ["l1", "elastic_net", "log_sum", "saturating", "capped", "l2_norm", "group_lasso"]


def penalty_cases(arguments):
    """Every term under one optimizer."""
    make = lambda name, *terms, **more: case(name, arguments, list(terms), **more)
    cases = [
        make("no penalty", keep_state=True),
        make("l1", term("l1", 0.023)),
        make("l2", term("l2", 0.05)),
        make("elastic net", term("elastic_net", 0.08, ratio=0.25), keep_state=True),
        make("l2_norm", term("l2_norm", 0.06)),
        make("group lasso", term("group_lasso", 0.03, axis=0), on=SHAPED),
        make("orthogonal", term("orthogonal", 0.02, axis=0), on=SHAPED),
        make("huber", term("huber", 0.07, d=0.5)),
        make("log_sum", term("log_sum", 0.03, e=0.1)),
        make(
            "all at once",
            term("l1", 0.01),
            term("l2", 0.02),
            term("l2_norm", 0.01),
            term("group_lasso", 0.015, axis=0),
            term("orthogonal", 0.01, axis=0),
            term("huber", 0.02, d=0.5),
            on=SHAPED,
        ),
    ]
    if arguments["name"] != "AdamW":  # whose weight_decay is a decay
        cases.append(make("weight_decay", term("weight_decay", 0.05)))
        cases.append(make("l1 and decay", term("l1", 0.023), term("decay", 0.1)))
        same(cases[2], cases[-2])
    return cases


def same(first, second):
    for name, steps in first["weights"].items():
        for a, b in zip(steps, second["weights"][name]):
            assert torch.allclose(a, b, rtol=2e-6, atol=1e-8), f"{first['name']} and {second['name']} differ at {name}"


def expression_cases():
    cases = []
    for key in ("sgd", "adam"):
        make = lambda *terms: case(f"{key}, {terms[0]['word']}", OPTIMIZERS[key], list(terms))
        cases += [
            make(term("cauchy", 0.04, e=0.5)),
            make(term("smooth_abs", 0.05, e=0.01)),
            make(term("power", 0.05)),
            make(term("saturating", 0.03, s=0.5)),
            make(term("capped", 0.053, c=0.55)),
            make(term("dead_zone", 0.053, d=0.31)),
        ]
    return cases


def transposed_cases():
    """Terms that look at output units, where those are the second axis of the weight."""
    cases = []
    for key in ("sgd", "adam"):
        make = lambda *terms: case(f"{key}, {terms[0]['word']}", OPTIMIZERS[key], list(terms), on=["conv"])
        cases.append(make(term("group_lasso", 0.03, axis=1)))
        cases.append(make(term("orthogonal", 0.02, axis=1)))
        cases.append(make(term("max_norm", c=0.6, axis=1)))
    sgd = OPTIMIZERS["sgd"]
    cases.append(case("sgd, proximal group lasso", sgd, [term("group_lasso", 0.17, axis=1, mode="prox")], on=["conv"]))
    return cases


def clipping_cases():
    cases = []
    for key in ("sgd-momentum", "adam"):
        arguments = OPTIMIZERS[key]
        for clip in (dict(norm=0.5), dict(value=0.1), dict(norm=1.0, value=0.3), dict(norm=1000.0)):
            words = " and ".join(f"{what} {limit}" for what, limit in clip.items())
            small = ["matrix", "conv", "zero"]
            cases.append(case(f"{key}, clip {words}, l1", arguments, [term("l1", 0.023)], clip=clip))
            cases.append(case(f"{key}, clip {words}, l2", arguments, [term("l2", 0.05)], clip=clip, on=small))
    return cases


def schedule_cases():
    warmup = [0.0, 0.011, 0.023, 0.041, 0.033]
    falling = [0.1, 0.1, 0.05, 0.025, 0.0]
    cases = []
    for key in ("sgd", "sgd-momentum", "adam"):
        arguments = OPTIMIZERS[key]
        slow = dict(arguments, lr=[rate * arguments["lr"] * 10 for rate in falling])
        cases.append(case(f"{key}, l1 warms up", arguments, [term("l1", warmup)]))
        cases.append(case(f"{key}, learning rate falls", slow, [term("l2", 0.05)]))
        cases.append(case(f"{key}, both", slow, [term("elastic_net", warmup, ratio=0.5)]))
    return cases


def proximal_cases():
    cases = []
    for key, arguments in OPTIMIZERS.items():
        # Adaptive steps are about lr in size whatever the gradient, and so are their thresholds.
        strength = 0.213 if arguments["name"] == "SGD" else 0.11
        l1_prox = term("l1", strength, mode="prox")
        cases.append(case(f"{key}, l1", arguments, [l1_prox]))
        cases.append(case(f"{key}, elastic net", arguments, [term("elastic_net", 0.31, ratio=0.6, mode="prox")]))
        if arguments["name"] == "SGD":
            group_prox = term("group_lasso", 0.13, axis=0, mode="prox")
            cases.append(case(f"{key}, group lasso", arguments, [group_prox], on=SHAPED))
    for one in cases:
        zeros = sum(int((steps[-1] == 0).sum()) for steps in one["weights"].values())
        one["zeros"] = zeros
    assert sum(one["zeros"] > 0 for one in cases) > len(cases) * 0.8
    return cases


def max_norm_cases():
    cases = []
    for key in ("sgd", "sgd-momentum", "adam", "rmsprop"):
        arguments = OPTIMIZERS[key]
        wide, narrow = term("max_norm", c=0.9, axis=0), term("max_norm", c=0.5, axis=0)
        cases.append(case(f"{key}, max_norm", arguments, [wide], on=SHAPED))
        cases.append(case(f"{key}, l2 and max_norm", arguments, [term("l2", 0.05), narrow], on=SHAPED))
    return cases


def decay_cases():
    """Decoupled decay under every optimizer; AdamW's own is in its file."""
    return [
        case(f"{key}, decay", arguments, [term("decay", 0.1)])
        for key, arguments in OPTIMIZERS.items()
        if arguments["name"] != "AdamW"
    ]


def nonfinite_cases():
    cases = []
    for key in ("sgd", "sgd-momentum", "adam"):
        arguments = OPTIMIZERS[key]
        make = lambda name, terms, **more: case(f"{key}, {name}", arguments, terms, problem=NONFINITE, **more)
        cases.append(make("no penalty", []))
        cases.append(make("l1", [term("l1", 0.023)]))
        cases.append(make("l2", [term("l2", 0.05)], on=["gradients"]))
        cases.append(make("clip value", [term("l1", 0.023)], on=["gradients"], clip=dict(value=0.25)))
        cases.append(make("clip norm", [term("l1", 0.023)], on=["gradients"], clip=dict(norm=0.25)))
    return cases


def file(cases, problem=FINITE):
    used = [name for name in problem if any(name in one["weights"] for one in cases)]
    parameters = []
    for name in used:
        initial, gradients = (torch.tensor(part, dtype=torch.float32) for part in problem[name])
        parameters.append(
            dict(name=name, shape=list(initial.shape), initial=initial, gradients=[one for one in gradients])
        )
    return dict(parameters=parameters, cases=cases)


def check_forms_of_l1():
    """w.norm(1), as the forum writes it, and w.abs().sum() have one gradient, at zeros too."""
    for initial, _ in FINITE.values():
        w = torch.tensor(initial, requires_grad=True)
        norm, total = (torch.autograd.grad(form, w)[0] for form in (w.norm(1), w.abs().sum()))
        assert torch.equal(norm, total)


def write_all(folder):
    check_forms_of_l1()
    for key, arguments in OPTIMIZERS.items():
        write(folder / f"{key}.json", file(penalty_cases(arguments)))
    write(folder / "expressions.json", file(expression_cases()))
    write(folder / "transposed.json", file(transposed_cases()))
    write(folder / "clipping.json", file(clipping_cases()))
    write(folder / "schedules.json", file(schedule_cases()))
    write(folder / "proximal.json", file(proximal_cases()))
    write(folder / "max-norm.json", file(max_norm_cases()))
    write(folder / "decay.json", file(decay_cases()))
    write(folder / "nonfinite.json", file(nonfinite_cases(), NONFINITE))
    for kind, (error, where) in sorted(WORST.items()):
        print(f"{kind:8} single precision is within {error:.1e} of double, worst in {where}")
