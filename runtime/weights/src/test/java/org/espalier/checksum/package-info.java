/** Dependencies: the jars of a class path come in, those that are not what was reviewed come out. */
package org.espalier.checksum;
