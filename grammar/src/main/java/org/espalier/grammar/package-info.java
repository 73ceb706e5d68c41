/** Characters in, parse tree out: the lexer and parser that ANTLR makes of {@code Net.g4}. */
package org.espalier.grammar;
