package org.espalier.languageserver.names;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.espalier.generator.elaborate.library.Builtins;
import org.espalier.generator.elaborate.library.StandardBlocks;
import org.espalier.generator.source.SourceSpan;
import org.espalier.generator.syntax.Declaration;
import org.espalier.generator.syntax.Expression;
import org.espalier.generator.syntax.FileDecl;

/**
 * Every name of a file and what it stands for: in its declaration, in the file, in an imported one, in the language.
 */
public final class FileNames {
    private final FileDecl file;
    private final List<Occurrence> occurrences;
    private final Map<String, Declaration> declarations = new LinkedHashMap<>();
    private final Map<String, Meaning> fileNames = new LinkedHashMap<>();
    private final Map<String, Map<String, Expression>> bindings = new HashMap<>();

    private FileNames(FileDecl file) {
        this.file = file;
        List<Occurrence> found = new ArrayList<>();
        for (Declaration declaration : file.declarations()) {
            String name = declaration.name().text();
            declarations.putIfAbsent(name, declaration);
            found.add(new Occurrence(declaration.name().span(), new Meaning.Declared(name), true));
            if (!(declaration instanceof Declaration.NetworkDecl)) {
                fileNames.put(name, new Meaning.Declared(name));
            }
        }
        for (FileDecl.Import imported : file.imports()) {
            found.add(new Occurrence(imported.pathSpan(), new Meaning.ImportPath(imported.path()), false));
            for (FileDecl.ImportedName one : imported.names()) {
                String name = one.name().text();
                Meaning original = new Meaning.Imported(imported.path(), name);
                found.add(new Occurrence(one.name().span(), original, false));
                Meaning here = one.alias()
                        .<Meaning>map(alias -> new Meaning.Alias(alias.text(), imported.path(), name))
                        .orElse(original);
                one.alias().ifPresent(alias -> found.add(new Occurrence(alias.span(), here, true)));
                fileNames.putIfAbsent(one.local().text(), here);
            }
        }
        for (Declaration declaration : file.declarations()) {
            NameWalker walker = new NameWalker(declaration, this::meaning, found);
            walker.walk();
            bindings.putIfAbsent(declaration.name().text(), walker.bindings());
        }
        found.sort(Comparator.comparingInt(
                (Occurrence occurrence) -> occurrence.span().start()));
        this.occurrences = List.copyOf(found);
    }

    /** Reads the names of a file. */
    public static FileNames of(FileDecl file) {
        return new FileNames(file);
    }

    /** All of them, from the top. */
    public List<Occurrence> occurrences() {
        return occurrences;
    }

    /** The declarations by name, the first of each. */
    public Map<String, Declaration> declarations() {
        return Collections.unmodifiableMap(declarations);
    }

    /** Every name that stands for a declaration here, imported ones included. */
    public Map<String, Meaning> fileNames() {
        return Collections.unmodifiableMap(fileNames);
    }

    /** The values that the statements of a declaration bind its names to. */
    public Map<String, Expression> bindings(String declaration) {
        return bindings.getOrDefault(declaration, Map.of());
    }

    /** Number of the names that begin before an offset. */
    private int countBefore(int offset) {
        int low = 0;
        int high = occurrences.size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (occurrences.get(middle).span().start() < offset) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    /** The names that begin within a stretch of the file. */
    public List<Occurrence> between(int start, int end) {
        return occurrences.subList(countBefore(start), Math.max(countBefore(start), countBefore(end)));
    }

    /** The name at an offset, or just before it. */
    public Optional<Occurrence> at(int offset) {
        int low = countBefore(offset + 1);
        return occurrences.subList(Math.max(0, low - 2), low).stream()
                .filter(occurrence -> occurrence.span().end() >= offset)
                .reduce((earlier, later) -> later);
    }

    /** The declaration that an offset lies in: from its keyword to the next one's. */
    public Optional<Declaration> declarationAt(int offset) {
        int index = indexAt(offset);
        return index < 0 ? Optional.empty() : Optional.of(file.declarations().get(index));
    }

    private int indexAt(int offset) {
        int low = 0;
        int high = file.declarations().size();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (file.declarations().get(middle).span().start() <= offset) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low - 1;
    }

    /** The text from the keyword of a declaration to the next one's, or to the end of the file. */
    public String textOf(Declaration declaration) {
        int start = declaration.span().start();
        int next = indexAt(start) + 1;
        int end = next < file.declarations().size()
                ? file.declarations().get(next).span().start()
                : file.file().text().length();
        return file.file().text().substring(start, Math.max(start, end));
    }

    /** From the keyword of a declaration to its last character. */
    public static SourceSpan extent(Declaration declaration) {
        SourceSpan head = declaration.span();
        if (declaration instanceof Declaration.BlockDecl block) {
            return head.to(block.body().end());
        }
        if (declaration instanceof Declaration.NetworkDecl network) {
            return head.to(network.body().end());
        }
        return head.to(
                declaration instanceof Declaration.LossDecl loss
                        ? loss.value().span()
                        : ((Declaration.RegularizerDecl) declaration).value().span());
    }

    /** The meaning of a name outside of any declaration. */
    public Optional<Meaning> meaning(String name) {
        return Optional.ofNullable(fileNames.get(name))
                .or(() -> Builtins.named(name).map(word -> new Meaning.BuiltIn(name)))
                .or(() -> StandardBlocks.isNamed(name) ? Optional.of(new Meaning.Standard(name)) : Optional.empty());
    }
}
