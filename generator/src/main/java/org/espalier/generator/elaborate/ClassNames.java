package org.espalier.generator.elaborate;

import java.nio.charset.StandardCharsets;
import java.text.Normalizer;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import javax.lang.model.SourceVersion;
import org.espalier.generator.diagnostic.Diagnostic;
import org.espalier.generator.diagnostic.DiagnosticCode;
import org.espalier.generator.diagnostic.Diagnostics;
import org.espalier.generator.elaborate.language.Limits;
import org.espalier.generator.source.SourceSpan;
import org.espalier.generator.syntax.Declaration;
import org.espalier.generator.syntax.FileDecl;
import org.espalier.generator.syntax.Identifier;
import org.espalier.generator.syntax.NetSyntax;

/** Checks that networks can be classes of Java, each in a file of its own on every platform. */
final class ClassNames {
    /** Words that are no keywords, but cannot be names of classes (JLS 3.9, TypeIdentifier). */
    private static final Set<String> RESTRICTED = Set.of("permits", "record", "sealed", "var", "yield");

    /** Packages that generated classes name, which a class beside them would hide (JLS 6.4.2). */
    private static final Set<String> ROOTS = Set.of("java", "javax", "org");

    /** The class nested in the runtime's Network, which in a subclass hides that of its own name. */
    private static final String INHERITED = "Part";

    /** Names that Windows reserves for devices, with any extension. */
    private static final Pattern DEVICE = Pattern.compile("(?i:con|prn|aux|nul|com[0-9]|lpt[0-9])");

    private static final int SHOWN = 40;

    private final Diagnostics diagnostics;
    private final Map<String, SourceSpan> packages = new HashMap<>();
    private final Map<String, Declaration> classes = new HashMap<>();
    private final Map<String, Declaration> files = new HashMap<>();

    /** Checks the packages of some files. */
    ClassNames(List<FileDecl> files, Diagnostics diagnostics) {
        this.diagnostics = diagnostics;
        for (FileDecl file : files) {
            Identifier name = file.packageName();
            if (!name.text().isEmpty()) {
                problemOfPackage(name).ifPresent(diagnostics::report);
                for (int dot = name.text().indexOf('.');
                        dot >= 0;
                        dot = name.text().indexOf('.', dot + 1)) {
                    packages.putIfAbsent(name.text().substring(0, dot), name.span());
                }
                packages.putIfAbsent(name.text(), name.span());
            }
        }
    }

    private static Optional<Diagnostic> problemOfPackage(Identifier packageName) {
        String name = packageName.text();
        if (!SourceVersion.isName(name, SourceVersion.RELEASE_17)) {
            return Optional.of(DiagnosticCode.NOT_A_JAVA_NAME.at(packageName.span(), "the package", shown(name)));
        }
        if (name.equals("java") || name.startsWith("java.")) {
            return Optional.of(DiagnosticCode.NOT_A_JAVA_NAME
                    .at(packageName.span(), "the package", shown(name))
                    .withHelp("Java keeps the package java and those within it to itself"));
        }
        if (bytes(name) > Limits.PACKAGE_NAME) {
            return Optional.of(tooLong(packageName, "the package", Limits.PACKAGE_NAME));
        }
        for (String segment : name.split("\\.", -1)) {
            if (DEVICE.matcher(segment).matches()) {
                return Optional.of(device(packageName, "the package", segment));
            }
        }
        return Optional.empty();
    }

    private static Diagnostic device(Identifier name, String what, String device) {
        return DiagnosticCode.NOT_A_FILE_NAME
                .at(
                        name.span(),
                        what,
                        shown(name.text()),
                        "Windows keeps " + device.toUpperCase(Locale.ROOT) + " for a device")
                .withHelp("give it another name");
    }

    private static Diagnostic tooLong(Identifier name, String what, int limit) {
        return DiagnosticCode.NOT_A_FILE_NAME
                .at(name.span(), what, shown(name.text()), "it has " + bytes(name.text()) + " bytes in UTF-8")
                .withHelp("at most " + limit + " fit on every file system");
    }

    private static int bytes(String name) {
        return name.getBytes(StandardCharsets.UTF_8).length;
    }

    private static String shown(String name) {
        int length = name.codePointCount(0, name.length());
        return length <= SHOWN ? name : name.substring(0, name.offsetByCodePoints(0, SHOWN)) + "…";
    }

    /**
     * Tells whether a network can have the class that it asks for; if not, that is reported, of keywords by the parser.
     */
    boolean take(FileDecl file, Declaration network) {
        String packageName = file.packageName().text();
        String name = network.name().text();
        String className = packageName.isEmpty() ? name : packageName + "." + name;
        if (NetSyntax.isKeyword(name)) {
            return false;
        }
        Optional<Diagnostic> problem = problemOfClass(network.name())
                .or(() -> Optional.ofNullable(packages.get(className))
                        .map(other -> DiagnosticCode.NOT_A_JAVA_NAME
                                .at(network.name().span(), "the network", name)
                                .withHelp("a package has this name already, at " + other.citation())))
                .or(() -> Optional.ofNullable(classes.putIfAbsent(className, network))
                        .map(other -> DiagnosticCode.DUPLICATE_NETWORK.at(
                                network.name().span(), className, other.span().citation())))
                .or(() -> Optional.ofNullable(files.putIfAbsent(folded(className), network))
                        .map(other -> DiagnosticCode.CLASSES_IN_ONE_FILE
                                .at(
                                        network.name().span(),
                                        className,
                                        other.name(),
                                        other.span().citation())
                                .withHelp("let their names differ in more than upper and lower case")));
        problem.ifPresent(diagnostics::report);
        return problem.isEmpty();
    }

    private static Optional<Diagnostic> problemOfClass(Identifier network) {
        String name = network.text();
        if (!SourceVersion.isName(name, SourceVersion.RELEASE_17)) {
            return Optional.of(DiagnosticCode.NOT_A_JAVA_NAME.at(network.span(), "the network", shown(name)));
        }
        if (RESTRICTED.contains(name)) {
            return Optional.of(DiagnosticCode.NOT_A_JAVA_NAME
                    .at(network.span(), "the network", name)
                    .withHelp("Java keeps '" + name + "' from being a class: begin it with a capital letter"));
        }
        if (ROOTS.contains(name)) {
            return Optional.of(DiagnosticCode.NOT_A_JAVA_NAME
                    .at(network.span(), "the network", name)
                    .withHelp("a class of this name hides the package " + name + ": begin it with a capital letter"));
        }
        if (name.equals(INHERITED)) {
            return Optional.of(DiagnosticCode.NOT_A_JAVA_NAME
                    .at(network.span(), "the network", name)
                    .withHelp("every network inherits a class of this name: give it another one"));
        }
        if (bytes(name) > Limits.CLASS_NAME) {
            return Optional.of(tooLong(network, "the network", Limits.CLASS_NAME));
        }
        return DEVICE.matcher(name).matches() ? Optional.of(device(network, "the network", name)) : Optional.empty();
    }

    /** Folds case and accents, so that names which are one on some file systems come out equal. */
    private static String folded(String name) {
        String canonical = Normalizer.normalize(name, Normalizer.Form.NFD);
        return Normalizer.normalize(canonical.toUpperCase(Locale.ROOT).toLowerCase(Locale.ROOT), Normalizer.Form.NFD);
    }
}
