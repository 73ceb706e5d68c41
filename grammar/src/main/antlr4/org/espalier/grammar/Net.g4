/**
 * The grammar of .net files. It says what is well formed and nothing about meaning; line ends carry no meaning.
 * Words such as input, weights or loss are keywords only where a clause begins or goes on with them, and names
 * everywhere else.
 */
grammar Net;

file
    : packageDeclaration? importDeclaration* declaration* EOF
    ;

packageDeclaration
    : PACKAGE qualifiedName
    ;

qualifiedName
    : packageSegment ('.' packageSegment)*
    ;

packageSegment
    : name
    | PACKAGE
    | IMPORT
    | BLOCK
    | NETWORK
    | REGULARIZER
    | RETURN
    ;

importDeclaration
    : IMPORT importedName (',' importedName)* FROM STRING
    ;

importedName
    : name (AS name)?
    ;

declaration
    : REGULARIZER name regularizerParameters? '=' expression            # regularizerDeclaration
    | LAYER name regularizerParameters? '=' formula                     # layerDeclaration
    | LOSS name regularizerParameters? '=' formula                      # lossDeclaration
    | BLOCK name parameters body                                        # blockDeclaration
    | NETWORK name parameters? body                                     # networkDeclaration
    ;

parameters
    : '(' (parameter (',' parameter)* ','?)? ')'
    ;

parameter
    : name ':' type ('=' expression)?
    ;

formula
    : formulaVariables '->' expression
    ;

formulaVariables
    : name
    | '(' name (',' name)* ','? ')'
    ;

/** Those of a regularizer, layer or loss are numbers unless they say otherwise. */
regularizerParameters
    : '(' (regularizerParameter (',' regularizerParameter)* ','?)? ')'
    ;

regularizerParameter
    : name (':' type)? ('=' expression)?
    ;

type
    : typeName '?'?
    ;

typeName
    : name
    | BLOCK
    | REGULARIZER
    ;

body
    : '{' statement* '}'
    ;

statement
    : INPUT name (':' tensorType)? ('=' expression)? (WITH GRADIENT)?   # inputStatement
    | TARGET name (':' tensorType)?                                     # targetStatement
    | PARAMETER name ':' tensorType '=' expression                      # parameterStatement
    | BUFFER name ':' tensorType '=' (formula | expression)             # bufferStatement
    | OUTPUT name ('=' expression)?                                     # outputStatement
    | RETURN expression (',' expression)*                               # returnStatement
    | REGULARIZE roles (OF selectors)? BY expression                    # regularizeStatement
    | INITIALIZE roles (OF selectors)? BY expression                    # initializeStatement
    | FREEZE selectors                                                  # freezeStatement
    | REPORT SPARSITY OF roles (OF selectors)? (BELOW expression)?      # reportStatement
    | LOSS expression                                                   # lossStatement
    | OPTIMIZER expression                                              # optimizerStatement
    | OPTIMIZE optimized WITH (settings | expression)                   # optimizeStatement
    | PRECISION name                                                    # precisionStatement
    | name (',' pattern)* '=' expression                                # bindingStatement
    ;

/** It cannot come first, where it would be the arguments of the expression before it. */
pattern
    : name
    | '(' name (',' name)+ ')'
    ;

/** Without brackets it is that of a single number, as a parameter or a buffer can be. */
tensorType
    : name ('[' expression (',' expression)* ','? ']')?
    ;

/** A layer that is called like a role is meant by {@code weights of weights}. */
optimized
    : roles (OF selectors)?
    | selectors
    ;

settings
    : setting (',' setting)*
    ;

setting
    : name '=' expression
    ;

roles
    : role (',' role)*
    ;

role
    : WEIGHTS
    | BIASES
    | NORMS
    | NORM_WEIGHTS
    | NORM_BIASES
    ;

selectors
    : selector (',' selector)*
    ;

selector
    : segment selectorStep*
    ;

selectorStep
    : '.' segment
    | PLACE
    ;

segment
    : '**'
    | '*'? name '*'?
    | '*'
    ;

expression
    : expression '(' (argument (',' argument)* ','?)? ')'               # call
    | expression '.' name                                               # member
    | expression '[' index (',' index)* ','? ']'                        # subscript
    | <assoc = right> expression '**' expression                        # power
    | operator = ('-' | '~') expression                                 # negation
    | expression operator = ('*' | '/' | '%' | '@') expression                # multiplication
    | expression operator = ('+' | '-') expression                      # addition
    | expression '&' expression                                         # intersection
    | expression '|' expression                                         # union
    | expression operator = ('==' | '!=' | '<' | '<=' | '>' | '>=') expression # comparison
    | NOT expression                                                    # inversion
    | expression AND expression                                         # conjunction
    | expression OR expression                                          # disjunction
    | IF expression THEN expression ELSE expression                     # conditional
    | name '->' expression                                              # lambda
    | '(' expression (',' expression)* ','? ')'                         # parenthesized
    | '[' (expression (',' expression)* ','?)? ']'                      # list
    | INTEGER                                                           # integer
    | (DECIMAL | PLACE)                                                 # decimal
    | STRING                                                            # string
    | (TRUE | FALSE)                                                    # boolean
    | NONE                                                              # none
    | name                                                              # reference
    ;

index
    : expression                                                        # elementIndex
    | start = expression? ':' stop = expression? (':' step = expression?)? # sliceIndex
    | '...'                                                             # ellipsisIndex
    ;

argument
    : name '=' expression                                               # namedArgument
    | '*' expression                                                    # spreadArgument
    | expression                                                        # positionalArgument
    ;

name
    : NAME
    | AS
    | BELOW
    | BIASES
    | BUFFER
    | BY
    | FREEZE
    | FROM
    | GRADIENT
    | INITIALIZE
    | INPUT
    | LAYER
    | LOSS
    | NORMS
    | NORM_BIASES
    | NORM_WEIGHTS
    | OF
    | OPTIMIZE
    | OPTIMIZER
    | OUTPUT
    | PARAMETER
    | PRECISION
    | REGULARIZE
    | REPORT
    | SPARSITY
    | TARGET
    | WEIGHTS
    | WITH
    ;

AND: 'and';
AS: 'as';
BELOW: 'below';
BIASES: 'biases';
BLOCK: 'block';
BUFFER: 'buffer';
BY: 'by';
ELSE: 'else';
FALSE: 'false' | 'False';
FREEZE: 'freeze';
FROM: 'from';
GRADIENT: 'gradient';
IF: 'if';
IMPORT: 'import';
INITIALIZE: 'initialize';
INPUT: 'input';
LAYER: 'layer';
LOSS: 'loss';
NETWORK: 'network';
NONE: 'none' | 'None';
NORMS: 'norms';
NORM_BIASES: 'norm_biases';
NORM_WEIGHTS: 'norm_weights';
NOT: 'not';
OF: 'of';
OPTIMIZE: 'optimize';
OPTIMIZER: 'optimizer';
OR: 'or';
OUTPUT: 'output';
PACKAGE: 'package';
PARAMETER: 'parameter';
PRECISION: 'precision';
REGULARIZE: 'regularize';
REGULARIZER: 'regularizer';
REPORT: 'report';
RETURN: 'return';
SPARSITY: 'sparsity';
TARGET: 'target';
THEN: 'then';
TRUE: 'true' | 'True';
WEIGHTS: 'weights';
WITH: 'with';

LEFT_PARENTHESIS: '(';
RIGHT_PARENTHESIS: ')';
LEFT_BRACKET: '[';
RIGHT_BRACKET: ']';
LEFT_BRACE: '{';
RIGHT_BRACE: '}';
COMMA: ',';
DOT: '.';
COLON: ':';
QUESTION_MARK: '?';
ARROW: '->';
EQUAL: '==';
NOT_EQUAL: '!=';
LESS_EQUAL: '<=';
GREATER_EQUAL: '>=';
LESS: '<';
GREATER: '>';
ASSIGN: '=';
PLUS: '+';
MINUS: '-';
POWER: '**';
STAR: '*';
SLASH: '/';
PERCENT: '%';
AT: '@';
AMPERSAND: '&';
BAR: '|';
TILDE: '~';
ELLIPSIS: '...';

INTEGER
    : DIGITS
    ;

/** A step to an element of a list of layers, in a selector; elsewhere a number. */
PLACE
    : '.' [0-9]+
    ;

DECIMAL
    : DIGITS '.' DIGITS EXPONENT?
    | '.' DIGITS EXPONENT?
    | DIGITS EXPONENT
    ;

STRING
    : '"' (~["\\\r\n] | '\\' ~[\r\n])* '"'
    | '\'' (~['\\\r\n] | '\\' ~[\r\n])* '\''
    ;

NAME
    : [\p{Alpha}_] [\p{Alnum}_]*
    ;

/** Kept beside the tokens: what begins with two stars documents the declaration after it. */
COMMENT
    : '/*' .*? ('*/' | EOF) -> channel(HIDDEN)
    ;

LINE_COMMENT
    : '//' ~[\r\n]* -> channel(HIDDEN)
    ;

WHITE_SPACE
    : [ \t\r\n\f\uFEFF]+ -> channel(HIDDEN)
    ;

UNFINISHED_STRING
    : '"' (~["\\\r\n] | '\\' ~[\r\n])*
    | '\'' (~['\\\r\n] | '\\' ~[\r\n])*
    ;

/** So that the lexer takes every text and the parser reports what is wrong with it. */
UNKNOWN_CHARACTER
    : .
    ;

fragment DIGITS
    : [0-9] ('_'? [0-9])*
    ;

fragment EXPONENT
    : [eE] [+-]? DIGITS
    ;
