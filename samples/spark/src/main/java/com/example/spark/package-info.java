/** A table comes in on a cluster; a network that tells its rows apart goes out. */
@NullMarked
package com.example.spark;

import org.jspecify.annotations.NullMarked;
