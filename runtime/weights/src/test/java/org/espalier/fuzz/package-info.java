/** Inputs of strangers: bytes that readers are tried with come in, what they do wrong comes out. */
package org.espalier.fuzz;
