/** Subjects of measurements, and what they share: the numbers that they are given, and the natives that they run on. */
@NullMarked
package org.espalier.benchmarks.subject;

import org.jspecify.annotations.NullMarked;
