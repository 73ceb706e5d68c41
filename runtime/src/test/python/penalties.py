"""The penalties, as a PyTorch user writes them; those without a factor are multiplied by lambda where they are used."""

import torch

PENALTIES = {}


def penalty(text):
    """Registers a penalty under its function's name, with the text a PyTorch user would write."""

    def register(function):
        PENALTIES[function.__name__] = (function, text)
        return function

    return register


@penalty("lambda * w.norm(1)")
def l1(w, _):
    return w.norm(1)


@penalty("0.5 * lambda * w.pow(2).sum()")
def l2(w, _):
    return 0.5 * w.pow(2).sum()


@penalty("lambda * w.norm(2)")
def l2_norm(w, _):
    return w.norm(2)


@penalty("lambda * sqrt(group size) * W.flatten(1).norm(2, dim=1).sum()")
def group_lasso(w, term):
    groups = units(w, term["axis"])
    return groups.shape[1] ** 0.5 * groups.norm(2, dim=1).sum()


@penalty("lambda * (W @ W.t() - torch.eye(out)).pow(2).sum()")
def orthogonal(w, term):
    rows = units(w, term["axis"])
    return (rows @ rows.t() - torch.eye(rows.shape[0], dtype=w.dtype)).pow(2).sum()


@penalty("lambda * torch.where(w.abs() < d, w*w/2, d*(w.abs() - d/2)).sum()")
def huber(w, term):
    d = term["d"]
    return torch.where(w.abs() < d, w * w / 2, d * (w.abs() - d / 2)).sum()


@penalty("lambda * torch.log(1 + w.abs()/e).sum()")
def log_sum(w, term):
    return torch.log(1 + w.abs() / term["e"]).sum()


@penalty("lambda * torch.log(1 + (w/e)**2).sum()")
def cauchy(w, term):
    return torch.log(1 + (w / term["e"]) ** 2).sum()


@penalty("lambda * (torch.sqrt(w*w + e*e) - e).sum()")
def smooth_abs(w, term):
    return (torch.sqrt(w * w + term["e"] ** 2) - term["e"]).sum()


@penalty("lambda * w.abs().pow(1.5).sum()")
def power(w, _):
    return w.abs().pow(1.5).sum()


@penalty("lambda * (1 - torch.exp(-w.abs()/s)).sum()")
def saturating(w, term):
    return (1 - torch.exp(-w.abs() / term["s"])).sum()


@penalty("lambda * w.abs().clamp(max=c).sum()")
def capped(w, term):
    return w.abs().clamp(max=term["c"]).sum()


@penalty("lambda * (w.abs() - d).clamp(min=0).sum()")
def dead_zone(w, term):
    return (w.abs() - term["d"]).clamp(min=0).sum()


# The same penalties as a .net writes them, where the language has no word of its own.
EXPRESSIONS = {
    "huber": "w -> if abs(w) < d then w*w/2 else d*(abs(w) - d/2)",
    "log_sum": "w -> log(1 + abs(w)/e)",
    "cauchy": "w -> log(1 + (w/e)**2)",
    "smooth_abs": "w -> sqrt(w*w + e*e) - e",
    "power": "w -> abs(w)**1.5",
    "saturating": "w -> 1 - exp(-abs(w)/s)",
    "capped": "w -> min(abs(w), c)",
    "dead_zone": "w -> max(abs(w) - d, 0)",
}


def units(w, axis):
    """One row for each output unit: axis 0 of a linear or convolution weight, 1 of a transposed convolution's."""
    return w.transpose(0, axis).flatten(1)


def scaled(rows, w, axis):
    """Back from rows to the shape of w."""
    shape = w.transpose(0, axis).shape
    return rows.reshape(shape).transpose(0, axis)


def prox(u, term, lr, divisor, margins):
    """The proximal map of a term: soft thresholding of every element, or of every unit's norm."""
    if term["word"] == "group_lasso":
        assert isinstance(divisor, float), "the proximal map of a group needs one threshold for all its elements"
        rows = units(u, term["axis"])
        threshold = lr * term["lambda"] * rows.shape[1] ** 0.5
        norms = rows.norm(2, dim=1, keepdim=True)
        margins.append((norms - threshold).abs() / threshold)
        factor = torch.where(norms > threshold, 1 - threshold / norms, torch.zeros_like(norms))
        return scaled(rows * factor, u, term["axis"])
    strength = term["lambda"] * term.get("ratio", 1.0)
    threshold = torch.as_tensor(lr * strength / divisor, dtype=u.dtype)
    margins.append(((u.abs() - threshold).abs() / threshold)[torch.isfinite(u)])
    return torch.sign(u) * (u.abs() - threshold).clamp(min=0)


def bounded(w, term):
    """Every unit whose norm is above c is scaled back to it."""
    rows = units(w, term["axis"])
    norms = rows.norm(2, dim=1, keepdim=True)
    return scaled(torch.where(norms > term["c"], rows * (term["c"] / norms), rows), w, term["axis"])
