package org.espalier.generator.target;

/**
 * The Java source of one network.
 *
 * @param packageName its package, empty for the unnamed one
 * @param className its simple name
 * @param text the whole file; lines end in {@code \n} on every platform
 */
public record GeneratedSource(String packageName, String className, String text) {
    /** Returns its path below a source root: {@code com/example/Tiny.java}. */
    public String path() {
        String folder = packageName.isEmpty() ? "" : packageName.replace('.', '/') + "/";
        return folder + className + ".java";
    }

    /** {@code com.example.Tiny}. */
    public String qualifiedName() {
        return packageName.isEmpty() ? className : packageName + "." + className;
    }
}
