package org.espalier.generator.target;

/**
 * The Java source of one network, or one of several.
 *
 * @param packageName its package, empty for the unnamed one
 * @param className its simple name
 * @param text the whole file; lines end in {@code \n} on every platform
 * @param network the name of the network that it was made from, in the same package
 */
public record GeneratedSource(String packageName, String className, String text, String network) {
    /** The class that has the network's name. */
    public GeneratedSource(String packageName, String className, String text) {
        this(packageName, className, text, className);
    }

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
