/** Time series come in; a network that tells their shapes apart, and how often it is right, go out. */
@NullMarked
package com.example.timeseries;

import org.jspecify.annotations.NullMarked;
