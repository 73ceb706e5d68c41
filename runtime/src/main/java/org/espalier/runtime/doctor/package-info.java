/** Diagnosis of a machine and a JVM: what computes, how fast, and within which limits; what to change about them. */
@NullMarked
package org.espalier.runtime.doctor;

import org.jspecify.annotations.NullMarked;
