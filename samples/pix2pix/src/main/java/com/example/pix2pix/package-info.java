/** Line drawings beside their coloured originals come in; a network that colours drawings goes out. */
@NullMarked
package com.example.pix2pix;

import org.jspecify.annotations.NullMarked;
