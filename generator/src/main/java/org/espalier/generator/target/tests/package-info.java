/** Tests of generated classes: a program in, the Java source of a JUnit 5 test out. */
@NullMarked
package org.espalier.generator.target.tests;

import org.jspecify.annotations.NullMarked;
