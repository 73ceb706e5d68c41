/** Pictures of handwritten digits come in; the same ones rebuilt, and new ones, go out. */
@NullMarked
package com.example.autoencoder;

import org.jspecify.annotations.NullMarked;
