package org.espalier.generator.diagnostic;

import java.util.List;
import java.util.Optional;
import org.espalier.generator.source.SourceSpan;

/**
 * Everything that can be found wrong with a specification, each with its number and the template of its message.
 *
 * <p>The hundreds tell the stage: 1 syntax and names, 2 values and calls, 3 shapes, 4 networks, 5 regularizers,
 * initializers and freezing, 6 limits. Numbers are never reused.
 */
public enum DiagnosticCode {
    /** A token that is not allowed where it is. */
    SYNTAX(101, "expected %s but found %s"),
    /** A string without its closing quote. */
    UNFINISHED_STRING(102, "this string has no closing quote"),
    /** A call of an unknown layer, block, loss or other word of the language. */
    UNKNOWN_LAYER(103, "unknown %s '%s'"),
    /** A name that nothing is bound to. */
    UNKNOWN_NAME(104, "unknown name '%s'"),
    /** A second binding of a name in its scope. */
    ALREADY_BOUND(105, "'%s' is already defined at %s"),
    /** A comment that is not terminated. */
    UNFINISHED_COMMENT(106, "this comment is not terminated"),
    /** A selector with spaces in it. */
    SPACED_SELECTOR(107, "a selector has no spaces in it: write %s"),
    /** An imported file that does not exist. */
    IMPORT_NOT_FOUND(108, "there is no file %s"),
    /** An imported name that its file does not declare. */
    IMPORT_WITHOUT_NAME(109, "%s declares no block or regularizer '%s'"),
    /** A dot after a name. */
    MEMBER(110, "'%s' has no members"),
    /** An unknown type. */
    UNKNOWN_TYPE(111, "unknown type '%s'"),
    /** Two networks that would become one class. */
    DUPLICATE_NETWORK(112, "the class %s is already declared at %s"),
    /** A name that Java does not allow for a package or class. */
    NOT_A_JAVA_NAME(113, "%s '%s' is not a name that Java allows"),
    /** Bytes that are not valid in the encoding of the file. */
    NOT_TEXT(114, "this cannot be read as text"),
    /** A block or regularizer that no network leads to, or an import that its file does not mention. */
    UNUSED_DECLARATION(115, Severity.WARNING, "the %s '%s' is never used"),
    /** Two networks whose classes would be one file where file systems ignore case. */
    CLASSES_IN_ONE_FILE(116, "the class %s would be one file with %s, at %s, on Windows and macOS"),
    /** A name of a package or class that cannot be that of a folder or file. */
    NOT_A_FILE_NAME(117, "%s '%s' cannot be the name of a file: %s"),
    /** A name beyond the limit. */
    NAME_TOO_LONG(118, "%s has %d letters, more than the %d that are allowed"),
    /** More of something than a class of Java holds. */
    TOO_MANY_FOR_A_CLASS(119, "network %s has %d %s, more than the %d that its class can have"),
    /** An imported file, or a library to look for it in, that is there but cannot be read. */
    IMPORT_UNREADABLE(120, "%s"),

    /** A named argument that its callee does not have. */
    UNKNOWN_ARGUMENT(201, "%s has no argument '%s'"),
    /** A required argument that was not given. */
    MISSING_ARGUMENT(202, "%s needs the argument '%s'"),
    /** More positional arguments than the callee has. */
    TOO_MANY_ARGUMENTS(203, "%s takes %s by position but gets %d"),
    /** An argument given by position and by name, or by name twice. */
    ARGUMENT_GIVEN_TWICE(204, "the argument '%s' of %s is given twice"),
    /** An argument of the wrong type. */
    ARGUMENT_TYPE(205, "'%s' of %s takes %s but gets %s"),
    /** An argument of the right type with a value that makes no sense. */
    ARGUMENT_RANGE(206, "'%s' of %s must be %s but is %s"),
    /** An argument value that PyTorch has and Espalier does not. */
    UNSUPPORTED_ARGUMENT(207, "%s supports only %s, not %s"),
    /** An operator between values it has no meaning for. */
    OPERAND_TYPE(208, "'%s' cannot be applied to %s"),
    /** A condition that is not a truth value. */
    CONDITION_TYPE(209, "a condition must be true or false but this is %s"),
    /** A call of something that cannot be called. */
    NOT_CALLABLE(210, "%s cannot be called"),
    /** Arithmetic that has no result. */
    ARITHMETIC(211, "%s"),
    /** A recursive call that does not come closer to an end. */
    RECURSION(212, "%s calls itself without shrinking: %s after %s"),
    /** A layer called with the wrong number of inputs. */
    LAYER_INPUTS(213, "%s takes %s but is called with %s"),
    /** A layer called with something that is not a tensor. */
    LAYER_OPERAND(214, "a layer is called with tensors, but this is %s"),
    /** A list of names on the left that does not fit the right side. */
    DESTRUCTURING(215, "%s on the left but %s on the right"),
    /** A block without a result. */
    NO_RESULT(216, "block %s returns nothing"),
    /** A statement that belongs in a network. */
    CLAUSE_OUTSIDE_NETWORK(217, "'%s' belongs in a network, not in a block"),
    /** A statement that belongs in a block. */
    CLAUSE_OUTSIDE_BLOCK(218, "'%s' belongs in a block, not in a network"),
    /** A block that has inputs and also returns. */
    MIXED_BLOCK(219, "a block with inputs has outputs and returns nothing"),
    /** Something after the return. */
    AFTER_RETURN(220, "nothing can follow 'return'"),
    /** A list whose elements are not all layers where layers are wanted. */
    NOT_A_LAYER(221, "expected a layer but found %s"),
    /** A repetition of one layer instead of new ones. */
    REPEATED_LAYER(222, "repeat makes new layers, but this is the same layer every time"),

    /** A layer that does not accept the shape it is given. */
    SHAPE_MISMATCH(301, "%s expects %s but gets %s"),
    /** A window that does not fit into its input. */
    WINDOW_TOO_LARGE(302, "%s leaves nothing of %s"),
    /** Tensors that cannot be joined. */
    MERGE_MISMATCH(303, "%s needs %s but gets %s"),
    /** An in-place layer that overwrites what is read later under another shape. */
    OVERWRITTEN(304, "%s is read here after %s has overwritten it under another shape"),
    /** A block's input that is not given what its type says. */
    BLOCK_INPUT(305, "input '%s' of %s is declared %s but gets %s"),
    /** A pooling window without an element to pool. */
    WINDOW_IN_PADDING(309, "a window of %s lies in the padding of %s alone"),
    /** A normalization of single elements, which discards their values. */
    ONE_ELEMENT(310, "%s normalizes each element of %s by itself, which discards its value"),
    /** A layer that does not accept the element type it is given, integer or floating-point. */
    ELEMENT_TYPE(311, "%s takes %s but gets %s"),
    /** A parameter of a layer that does not have it, or not yet. */
    PARAMETER_TOO_EARLY(312, "there is no parameter %s here"),

    /** A network without inputs or outputs. */
    NO_INPUT_OR_OUTPUT(401, "network %s has no %s"),
    /** An invalid tensor type. */
    TENSOR_TYPE(402, "%s"),
    /** An output that no layer computes. */
    OUTPUT_IS_INPUT(403, "output '%s' is just an input"),
    /** One value under two names. */
    OUTPUT_TWICE(404, "output '%s' is the same value as output '%s'"),
    /** A second clause of a kind that a network has once. */
    SECOND_CLAUSE(405, "network %s already has a '%s' clause at %s"),
    /** A clause whose value is of another kind. */
    CLAUSE_TYPE(406, "'%s' takes %s but gets %s"),
    /** A network's parameter without a value. */
    NETWORK_PARAMETER(407, "parameter '%s' of network %s needs a default"),
    /** A loss that does not say which output or target it is about. */
    LOSS_OPERANDS(408, "%s"),
    /** A target without a loss, or an optimizer without one. */
    WITHOUT_LOSS(409, "network %s has %s but no loss"),
    /** A name that is bound to something that nothing reads. */
    UNUSED_VALUE(410, Severity.WARNING, "the %s '%s' is never used"),
    /** A loss of values that it is not meant for. */
    LOSS_OF_ANOTHER_RANGE(411, Severity.WARNING, "%s takes %s, but '%s' comes out of %s, %s"),
    /** A loss that loses precision. */
    LOSS_AFTER_SIGMOID(412, Severity.WARNING, "%s of '%s' loses precision where the sigmoid is near 0 or 1"),
    /** A classification loss with a single class. */
    ONE_CLASS(413, Severity.WARNING, "%s of %s has only one class"),
    /** A softmax of one number. */
    ONE_PROBABILITY(414, Severity.WARNING, "%s over one element of %s is always %s"),

    /** A selector that matches nothing. */
    SELECTOR_FINDS_NOTHING(501, "no %s%s in network %s"),
    /** Two selectors, neither more specific, for one parameter. */
    AMBIGUOUS_SELECTORS(502, "%s is claimed by %s at %s and by %s here, and neither is more specific"),
    /** A regularizer on a parameter that does not learn. */
    REGULARIZER_ON_FROZEN(503, "a regularizer on %s has no effect: it is frozen"),
    /** A regularizer on a parameter that does not exist. */
    REGULARIZER_WITHOUT_PARAMETER(504, "%s has no %s to regularize"),
    /** A penalty that would be a reward. */
    NEGATIVE_LAMBDA(505, "a regularizer's factor must not be negative but is %s"),
    /** An unknown regularizer. */
    UNKNOWN_REGULARIZER(506, "unknown regularizer '%s'"),
    /** A regularizer that reaches nothing that learns. */
    REGULARIZER_UNUSED(507, "the regularizer %s has no effect: %s"),
    /** L2 on weights whose scale the next layer cancels. */
    L2_BEFORE_NORM(508, Severity.WARNING, "%s on %s can only change the effective learning rate: %s"),
    /** Two ways of weight decay at once. */
    L2_AND_DECAY(509, "%s %s both %s and %s, which decay %s twice"),
    /** Sparsity where nothing makes exact zeros. */
    NOTHING_MAKES_ZEROS(
            510, Severity.WARNING, "the sparsity of %s is reported, but none of its terms makes exact zeros"),
    /** Training without anything to train. */
    NOTHING_TO_TRAIN(511, "network %s has a loss but nothing to train: %s"),
    /** A term on an axis that a parameter does not have. */
    TERM_SHAPE(512, "%s needs %s, which these lack: %s"),
    /** Terms of one kind that update weights in different ways. */
    TERMS_DO_NOT_ADD(513, "%s and %s cannot be added: they update weights differently"),
    /** A multiple of a bound. */
    SCALED_BOUND(514, "%s cannot be multiplied: it is a bound and adds nothing to the loss"),
    /** A constant that the network's precision cannot represent. */
    CONSTANT_RANGE(515, "the %s of %s becomes %s in %s"),
    /** Parameters that are optimized apart from others that are not optimized at all. */
    WITHOUT_OPTIMIZER(516, "'optimize' sets parameters apart, but network %s has no optimizer for the others"),
    /** An optimizer of a group that no parameter follows. */
    OPTIMIZE_UNUSED(517, "this 'optimize' has no effect: %s"),
    /** An optimizer of parameters that it cannot step. */
    OPTIMIZER_SHAPE(518, "%s is for matrices, which these are not: %s"),

    /** A function that formulas do not have. */
    FORMULA_FUNCTION(520, "a formula has no function '%s'"),
    /** A formula that does not depend on the weight. */
    FORMULA_WITHOUT_WEIGHT(521, "the formula does not depend on '%s'"),
    /** A formula, or a part of one, that is not a number. */
    FORMULA_RESULT(522, "a formula needs %s here, but this is %s"),
    /** An operator that formulas do not have. */
    FORMULA_OPERATOR(523, "'%s' cannot stand in a formula"),
    /** A discontinuous formula. */
    FORMULA_JUMP(524, "the formula is discontinuous at %s: it jumps from %s to %s"),
    /** A formula that is unbounded, or whose slope is. */
    FORMULA_INFINITE(525, "%s is not finite at %s"),
    /** A formula without a value somewhere. */
    FORMULA_UNDEFINED(526, "the formula has no value at %s"),
    /** A weight that no sum of a formula with sums contains. */
    FORMULA_OUTSIDE_SUM(527, "'%s' is outside the sums"),
    /** An invalid sum in a formula. */
    FORMULA_SUM(528, "%s"),
    /** A function outside a formula. */
    FORMULA_PLACE(529, "a formula is allowed only in the declaration of a regularizer"),
    /** A term on what a layer computes that only makes sense for weights. */
    TERM_ON_ACTIVITIES(530, "%s cannot be on activities"),
    /** A reduction of penalties on activities, where there is none. */
    REDUCTION_OF_NOTHING(531, "'%s' has no effect without '%s'"),
    /** A regularizer without a factor, or with its own and that of another library. */
    ONE_FACTOR(532, "%s needs one factor and gets %s"),
    /** A factor that scikit-learn weighs against a sum over its samples, without their number. */
    SAMPLES_NEEDED(533, "'%s' of %s cannot be converted without the number of samples"),

    /** A file beyond the limit. */
    FILE_TOO_LARGE(601, "the file has %d characters, more than the %d that are allowed"),
    /** An expression beyond the limit. */
    NESTED_TOO_DEEPLY(602, "this is nested more than %d deep"),
    /** Calls beyond the limit. */
    CALLS_TOO_DEEP(603, "blocks call each other more than %d deep"),
    /** Evaluation beyond the limit. */
    TOO_MANY_STEPS(604, "evaluation takes more than %d steps"),
    /** A list beyond the limit. */
    LIST_TOO_LONG(605, "this list has more than %d elements"),
    /** A network with which those of its file are beyond the limit of layers. */
    TOO_MANY_LAYERS(606, "with network %s, the networks of this file have more than %d layers"),
    /** A network beyond the limit of parameters. */
    TOO_MANY_PARAMETERS(607, "network %s has more than %d parameters"),
    /** A tensor beyond the limit. */
    TENSOR_TOO_LARGE(608, "%s of shape %s has more than %d elements"),
    /** A formula beyond the limit of operations. */
    FORMULA_TOO_LARGE(609, "the formula and its derivative take %d operations, more than the %d that are allowed"),
    /** A formula, or a derivative, that is too long to be handled. */
    FORMULA_TOO_LONG(610, "the formula or its derivative has more than %d parts, written out"),
    /** A formula that goes from one piece to the next too often. */
    FORMULA_TOO_MANY_PIECES(611, "the formula has more than %d pieces"),
    /** A formula whose pieces cannot be told from each other. */
    FORMULA_TOO_HARD(612, "finding where the pieces of the formulas of %s meet takes more than %d steps"),
    /** Errors beyond the limit. */
    MORE_ERRORS(613, "%d more errors in this file are not shown"),
    /** Warnings beyond the limit. */
    MORE_WARNINGS(614, Severity.WARNING, "%d more warnings in this file are not shown"),
    /** Tokens beyond the limit. */
    TOO_MANY_TOKENS(615, "the file has more than %d tokens"),
    /** A string beyond the limit. */
    TEXT_TOO_LONG(616, "this string has %d letters, more than the %d that are allowed"),
    /** Paths of layers beyond the limit, taken together. */
    PATHS_TOO_LONG(617, "with network %s, the paths of the layers in this file have more than %d letters"),
    /** A tensor with more axes than ND4J has. */
    TOO_MANY_AXES(618, "%s has %d axes, more than the %d that are allowed"),
    /** Imported files beyond the limit, taken together. */
    IMPORTS_TOO_LARGE(619, "with this file, those that are imported have more than %d %s"),
    /** A file with more networks than the limit. */
    TOO_MANY_NETWORKS(620, "this file has more than %d networks");

    private final int number;
    private final Severity severity;
    private final String template;

    DiagnosticCode(int number, String template) {
        this(number, Severity.ERROR, template);
    }

    DiagnosticCode(int number, Severity severity, String template) {
        this.number = number;
        this.severity = severity;
        this.template = template;
    }

    /** Tells whether it stops the compilation. */
    public Severity severity() {
        return severity;
    }

    /** The message with its gaps as {@code %s}, which the reference documents. */
    public String template() {
        return template;
    }

    /** A finding of this kind. */
    public Diagnostic at(SourceSpan span, Object... gaps) {
        return new Diagnostic(this, span, template.formatted(gaps), List.of(), Optional.empty());
    }

    /** {@code ESP103}. */
    @Override
    public String toString() {
        return "ESP" + number;
    }
}
