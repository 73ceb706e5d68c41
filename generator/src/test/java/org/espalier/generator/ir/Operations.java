package org.espalier.generator.ir;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.espalier.generator.ir.op.Op;

/** The classes of operations, found in what is compiled, so that none is forgotten. */
public final class Operations {
    private static final Iterable<JavaClass> CLASSES = new ClassFileImporter()
            .withImportOption(new ImportOption.DoNotIncludeTests())
            .importPackages("org.espalier.generator");

    private Operations() {}

    /** The name of an operation's class, {@code LinearBackwardWeight} of {@code Linear.BackwardWeight}. */
    public static String name(Op op) {
        return op.getClass()
                .getName()
                .substring(op.getClass().getPackageName().length() + 1)
                .replace("$", "");
    }

    /** The names of the classes of a kind, packages and all. */
    public static Set<String> all(Class<? extends Op> kind) {
        return StreamSupport.stream(CLASSES.spliterator(), false)
                .filter(type ->
                        type.isAssignableTo(kind) && !type.getModifiers().contains(JavaModifier.ABSTRACT))
                .map(JavaClass::getName)
                .collect(Collectors.toSet());
    }
}
