package org.espalier.generator.ir;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.espalier.generator.source.SourceSpan;

/**
 * A block of the {@code .net} that layers of a network lie in. Operations do not refer to it: an operation belongs to
 * the instance whose path its layer's path begins with.
 *
 * @param name what it was declared as
 * @param documentation the text of its doc comment, empty if it has none
 * @param span its declaration, from its keyword to its name
 * @param instances its applications that compute something, in the order in which they run
 */
public record Block(String name, String documentation, SourceSpan span, List<Instance> instances) {
    /**
     * A block applied to arguments.
     *
     * @param path what the paths of its layers begin with
     * @param sizes its whole numbers by their names: parameters in the order declared, then what its body binds
     */
    public record Instance(String path, Map<String, Long> sizes) {
        /** Copies the map. */
        public Instance {
            sizes = Collections.unmodifiableMap(new LinkedHashMap<>(sizes));
        }
    }

    /** Copies the list. */
    public Block {
        instances = List.copyOf(instances);
    }
}
