/** A novel comes in; a network that writes somewhat like it goes out. */
@NullMarked
package com.example.characters;

import org.jspecify.annotations.NullMarked;
