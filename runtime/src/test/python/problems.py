"""What is optimized: initial weights and, for each step, the gradient of the data loss."""

STEPS = 5

# Everything that is special about a weight: both zeros, a subnormal, one whose square is 0 in single precision, one
# that no penalty moves, and three ordinary ones.
VECTOR = [0.0, -0.0, 1e-40, -1e-30, 3e7, -1.5, 0.02, 0.375]
VECTOR_GRADIENTS = [
    [0.0, 0.0, 0.0, 1e-8, 0.5, -0.25, 0.01, 0.0],
    [0.0, 0.0, 0.05, 0.01, -0.125, -0.75, 0.02, 0.0],
    [0.3, 0.0, 0.025, -0.03, 0.25, 0.375, -0.015, 0.0],
    [0.15, -0.0, -0.1, 0.025, 1.0, 0.5, 0.03, 0.0],
    [-0.7, 0.0, 0.075, -0.04, -0.5, -1.25, 0.005, 0.0],
]

# The second unit is dead, and the data does not call it back before the third step.
MATRIX = [[0.5, -0.75], [0.0, 0.0], [-0.25, 1.125]]
MATRIX_GRADIENTS = [
    [[0.125, -0.3], [0.0, 0.0], [0.7, 0.06]],
    [[0.25, 0.4], [0.0, 0.0], [-0.35, 0.11]],
    [[-0.6, 0.2], [0.5, -0.125], [0.45, -0.08]],
    [[0.3, -0.9], [0.2, 0.375], [-0.05, 0.17]],
    [[0.075, 0.1], [-0.4, 0.6], [0.8, -0.21]],
]

# [out 2, in 2, 1, 2]; the second channel is small enough for a group lasso to kill.
CONVOLUTION = [[[[0.8, -0.4]], [[0.3, 0.6]]], [[[0.04, -0.03]], [[0.02, 0.05]]]]
CONVOLUTION_GRADIENTS = [
    [[[[0.2, -0.15]], [[0.35, 0.1]]], [[[0.03, 0.01]], [[-0.02, 0.015]]]],
    [[[[-0.45, 0.25]], [[0.05, -0.3]]], [[[0.01, -0.04]], [[0.03, 0.005]]]],
    [[[[0.15, 0.5]], [[-0.2, 0.4]]], [[[-0.02, 0.015]], [[0.01, -0.03]]]],
    [[[[0.6, -0.05]], [[0.1, 0.25]]], [[[0.04, 0.02]], [[0.015, 0.01]]]],
    [[[[-0.1, 0.3]], [[0.55, -0.35]]], [[[0.005, -0.01]], [[0.02, 0.03]]]],
]

# A parameter that is zero as a whole, where a norm has no derivative.
ZERO = [0.0, 0.0]
ZERO_GRADIENTS = [[0.0, 0.0], [0.0, 0.0], [0.4, -0.3], [0.1, 0.2], [-0.25, 0.15]]

FINITE = {
    "vector": (VECTOR, VECTOR_GRADIENTS),
    "matrix": (MATRIX, MATRIX_GRADIENTS),
    "conv": (CONVOLUTION, CONVOLUTION_GRADIENTS),
    "zero": (ZERO, ZERO_GRADIENTS),
}

NAN, INF = float("nan"), float("inf")
NONFINITE = {
    "weights": (
        [NAN, INF, -INF, 1e38, 1.0, 0.0],
        [[0.5, 0.25, 0.25, 0.125, -0.5, 0.1]] * STEPS,
    ),
    "gradients": (
        [0.5, 0.5, 0.5, 0.5, 0.0, 1.0],
        [
            [0.1, 0.2, 0.3, 0.4, 0.0, 0.5],
            [0.1, 0.2, 0.3, 0.4, 0.0, 0.5],
            [NAN, INF, -INF, 1e19, 0.0, 0.5],
            [0.1, 0.2, 0.3, 0.4, 0.0, 0.5],
            [0.1, 0.2, 0.3, 0.4, 0.0, 0.5],
        ],
    ),
}
