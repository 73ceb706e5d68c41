"""Metrics of random outputs, as scikit-learn computes them.

Run by itself, since it needs scikit-learn and nothing else does:

    python3 runtime/src/test/python/metric_fixtures.py
"""

import math
import pathlib
import random
import warnings

import numpy
from sklearn import metrics

import fixture_json

CLASSES = 4


def rounded(values, digits=3):
    return [round(float(value), digits) for value in values]


def classification(source, count=60, present=CLASSES, digits=3):
    """Scores on a grid, so that some are equal.

    scikit-learn's top_k_accuracy_score prefers the last of equal scores where its own argmax prefers the first, so that
    there is no top 2 where many are equal.
    """
    target = [source.randrange(present) for _ in range(count)]
    scores = [
        rounded(
            [
                source.gauss(1.5 if index == right and source.random() < 0.7 else 0 if index < present else -9, 1)
                for index in range(CLASSES)
            ],
            digits,
        )
        for right in target
    ]
    y, s = numpy.array(target), numpy.array(scores)
    predicted = s.argmax(axis=1)
    softmax = numpy.exp(s) / numpy.exp(s).sum(axis=1, keepdims=True)
    return dict(
        output=[value for row in scores for value in row],
        target=target,
        metrics={
            "accuracy": metrics.accuracy_score(y, predicted),
            **({"top 2": metrics.top_k_accuracy_score(y, s, k=2, labels=range(CLASSES))} if digits > 1 else {}),
            "balanced accuracy": metrics.balanced_accuracy_score(y, predicted),
            "f1 macro": metrics.f1_score(y, predicted, average="macro"),
            "f1 micro": metrics.f1_score(y, predicted, average="micro"),
            "f1 weighted": metrics.f1_score(y, predicted, average="weighted"),
            "perplexity": math.exp(metrics.log_loss(y, softmax, labels=range(CLASSES))),
        },
        confusion=[int(count) for count in metrics.confusion_matrix(y, predicted, labels=range(CLASSES)).ravel()],
    )


def binary(source, target=None):
    """Outputs with one digit, so that many are equal."""
    target = target or [source.randrange(2) for _ in range(50)]
    output = rounded([source.gauss(0.7 if right else -0.4, 1) for right in target], 1)
    predicted = [value > 0 for value in output]
    return dict(
        output=output,
        target=target,
        metrics={
            "accuracy": metrics.accuracy_score(target, predicted),
            "auc": metrics.roc_auc_score(target, output),
            "f1": metrics.f1_score(target, predicted),
        },
    )


def regression(source, count=30, offset=100, exact=False):
    """Rows of three numbers, the last of which is always the same; it may be met exactly."""
    target = [[source.gauss(offset, 1), source.gauss(0, 5), 2.0] for _ in range(count)]
    output = [[value + source.gauss(0, 0.8) for value in row] for row in target]
    if exact:
        output = [[row[0], row[1], 2.0] for row in output]
    output, target = [rounded(row) for row in output], [rounded(row) for row in target]
    return dict(
        output=[value for row in output for value in row],
        target=[value for row in target for value in row],
        metrics={
            "mae": metrics.mean_absolute_error(target, output),
            "mse": metrics.mean_squared_error(target, output),
            "psnr": 10 * math.log10(2.0**2 / metrics.mean_squared_error(target, output)),
            "r2": metrics.r2_score(target, output),
        },
    )


def main():
    warnings.filterwarnings("ignore")
    source = random.Random(7)
    fixture = dict(classification=classification(source), binary=binary(source), regression=regression(source))
    fixture["classification edges"] = [
        classification(source, 40, digits=0),  # many equal scores
        classification(source, 12, present=2),  # two classes never occur and are never predicted
        classification(source, 9, present=1),
        classification(source, 1),
    ]
    fixture["binary edges"] = [binary(source, target) for target in ([1, 1, 1], [0, 0, 0], [1], [0], [0, 1])]
    fixture["regression edges"] = [
        regression(source, 1),
        regression(source, 2),
        regression(source, 12, exact=True),
        regression(source, 12, offset=1e4),
    ]
    project = pathlib.Path(__file__).resolve().parents[4]
    file = project / "runtime/src/test/resources/org/espalier/runtime/train/metrics.json"
    fixture_json.write(file, fixture)


if __name__ == "__main__":
    main()
