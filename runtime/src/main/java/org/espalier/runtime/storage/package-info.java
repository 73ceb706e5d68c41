/**
 * Memory of a network outside the Java heap: allocated once, given out as arrays that nothing done to them can break,
 * and freed when neither the network nor anybody else can reach it. For the runtime itself.
 */
@NullMarked
package org.espalier.runtime.storage;

import org.jspecify.annotations.NullMarked;
