/** Pictures of handwritten digits come in; a trained network, and how often it is right, go out. */
@NullMarked
package com.example.digits;

import org.jspecify.annotations.NullMarked;
