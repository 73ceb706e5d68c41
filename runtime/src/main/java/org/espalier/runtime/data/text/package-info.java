/**
 * Text for networks: it comes in as characters, goes to them as numbers in windows, and what they score is drawn from,
 * so that text goes out.
 */
@NullMarked
package org.espalier.runtime.data.text;

import org.jspecify.annotations.NullMarked;
