package org.espalier.languageserver.feature;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.eclipse.lsp4j.CompletionItem;
import org.eclipse.lsp4j.CompletionItemKind;
import org.eclipse.lsp4j.InsertTextFormat;
import org.eclipse.lsp4j.MarkupContent;
import org.eclipse.lsp4j.MarkupKind;
import org.eclipse.lsp4j.Range;
import org.eclipse.lsp4j.TextEdit;
import org.eclipse.lsp4j.jsonrpc.messages.Either;
import org.espalier.generator.elaborate.language.Builtin;
import org.espalier.generator.elaborate.language.Type;
import org.espalier.generator.elaborate.library.Builtins;
import org.espalier.generator.elaborate.library.StandardBlocks;
import org.espalier.generator.syntax.Declaration;
import org.espalier.generator.syntax.FileDecl;
import org.espalier.languageserver.document.Document;
import org.espalier.languageserver.document.Positions;
import org.espalier.languageserver.document.Word;
import org.espalier.languageserver.workspace.NetworkFacts;

/** Proposes what can stand at the cursor. */
public final class Completions {
    private static final Set<String> WITH_SELECTORS =
            Set.of("regularize", "initialize", "freeze", "report", "optimize");

    private static final List<String> DECLARATIONS =
            List.of("block", "import", "layer", "loss", "network", "package", "regularizer");

    private static final List<String> STATEMENTS = List.of(
            "buffer",
            "freeze",
            "initialize",
            "input",
            "loss",
            "optimize",
            "optimizer",
            "output",
            "parameter",
            "precision",
            "regularize",
            "report sparsity of",
            "return",
            "target");

    private static final List<String> ROLES = List.of("weights", "biases", "norms", "norm_weights", "norm_biases");

    private static final Set<String> ROLE_WORDS = Set.copyOf(ROLES);

    private static final List<String> EXPRESSION_WORDS = List.of("if", "then", "else", "not", "true", "false", "none");

    private static final Set<Builtin.Kind> LAYERS =
            Set.of(Builtin.Kind.LAYER, Builtin.Kind.NORM, Builtin.Kind.COMPOSITION);

    private final Context context;
    private final Document document;
    private final Cursor cursor;
    private final boolean snippets;
    private final int offset;
    private final Map<String, CompletionItem> items = new LinkedHashMap<>();

    private Completions(int offset, Context context, boolean snippets) {
        this.context = context;
        this.document = context.document();
        this.cursor = new Cursor(document, offset);
        this.snippets = snippets;
        this.offset = offset;
    }

    /**
     * The proposals at an offset.
     *
     * @param snippets whether the editor can put the cursor into what it inserts
     */
    public static List<CompletionItem> at(int offset, Context context, boolean snippets) {
        return new Completions(offset, context, snippets).all();
    }

    private List<CompletionItem> all() {
        Optional<Word> string = cursor.string();
        if (string.isPresent()) {
            strings(string.get());
        } else if (!cursor.isSilent()) {
            propose();
        }
        return List.copyOf(items.values());
    }

    private void propose() {
        List<Word> statement = cursor.statement();
        String first = statement.isEmpty() ? "" : statement.get(0).text();
        if (first.equals("import") && !cursor.isInBody()) {
            imports(statement);
        } else if (first.equals("package") && !cursor.isAtStart()) {
            return;
        } else if (cursor.isInHead()) {
            head();
        } else if (!cursor.isInBody() && cursor.isAtStart()) {
            keywords(DECLARATIONS, "1");
        } else if (cursor.isInBody() && cursor.isAtStart()) {
            keywords(STATEMENTS, "2");
            locals("1");
        } else if (cursor.isInBody() && WITH_SELECTORS.contains(first)) {
            clause(statement);
        } else if (cursor.isInBody() && isTyped(statement)) {
            keywords(List.of("float", "int"), "1");
        } else if (first.equals("precision")) {
            keywords(List.of("float32", "float64"), "1");
        } else if (cursor.isBehind(".")) {
            members();
        } else {
            expression(first);
        }
    }

    /** Tells whether the type of an input or the like is wanted: behind its colon. */
    private boolean isTyped(List<Word> statement) {
        return statement.size() == 3 && statement.get(2).is(":");
    }

    private void strings(Word string) {
        int before = document.words().before(string.start());
        boolean path = before >= 0 && document.words().code().get(before).is("from");
        if (path) {
            int end = string.end() > offset && string.text().length() > 1 && isClosed(string)
                    ? string.end() - 1
                    : Math.max(offset, string.end());
            for (String importable : context.view().importable(document)) {
                CompletionItem item = item(importable, CompletionItemKind.File, "1");
                item.setTextEdit(Either.forLeft(
                        new TextEdit(Positions.of(document.file(), string.start() + 1, end), importable)));
            }
        }
    }

    private static boolean isClosed(Word string) {
        return string.text().charAt(string.text().length() - 1) == string.text().charAt(0);
    }

    /** FileNames of the file that is imported from, if it is written already. */
    private void imports(List<Word> statement) {
        boolean from = statement.stream().anyMatch(word -> word.is("from"));
        if (from) {
            return;
        }
        List<Word> code = document.words().code();
        int at = document.words().before(cursor.start() + 1);
        int limit = Math.min(code.size(), at + 40);
        for (int i = Math.max(0, at); i < limit; i++) {
            if (code.get(i).is("from") && i + 1 < code.size()) {
                String path = code.get(i + 1).text().replaceAll("^['\"]|['\"]$", "");
                context.view()
                        .imported(document, path)
                        .ifPresent(file -> file.names().declarations().values().stream()
                                .filter(declaration -> !(declaration instanceof Declaration.NetworkDecl))
                                .forEach(declaration -> declared(declaration, file.uri(), "1", false)));
                break;
            }
        }
        if (items.isEmpty()) {
            elsewhere(false);
        }
        keywords(List.of("from", "as"), "9");
    }

    /** Types behind a colon, values behind an equals sign. */
    private void head() {
        if (cursor.isBehind(":")) {
            keywords(Type.words(), "1");
        } else if (cursor.isBehind("=") || !(cursor.isBehind("(") || cursor.isBehind(","))) {
            locals("1");
            words(kind -> true, "3");
            keywords(EXPRESSION_WORDS, "5");
        }
    }

    private void clause(List<Word> statement) {
        boolean by = statement.stream().anyMatch(word -> word.is("by"));
        boolean with = statement.stream().anyMatch(word -> word.is("with"));
        String first = statement.get(0).text();
        if (by || with) {
            expression(with ? "optimize" : first);
            return;
        }
        String last = cursor.before().map(Word::text).orElse("");
        boolean of = statement.stream().skip(first.equals("report") ? 3 : 0).anyMatch(word -> word.is("of"));
        String selector = cursor.selector();
        boolean inSelector = of || first.equals("freeze");
        boolean complete = isName(last)
                && !last.equals("of")
                && !last.equals("freeze")
                && cursor.before()
                        .filter(word -> word.end() <= offset - selector.length())
                        .isPresent();
        if (inSelector && !complete) {
            selectors(selector);
            return;
        }
        if (!inSelector && (last.equals(first) || last.equals(",") || last.equals("of"))) {
            keywords(ROLES, "1");
        }
        if (first.equals("report") && statement.size() < 3) {
            keywords(statement.size() == 1 ? List.of("sparsity") : List.of("of"), "1");
        }
        if (first.equals("optimize") && last.equals(first)) {
            selectors(selector);
        }
        if (ROLE_WORDS.contains(last)) {
            keywords(List.of("of"), "1");
        }
        if (isName(last) && !last.equals(first)) {
            keywords(
                    first.equals("optimize")
                            ? List.of("with")
                            : first.equals("report") ? List.of("below") : List.of("by"),
                    "2");
        }
    }

    private static boolean isName(String text) {
        return text.equals("*")
                || text.equals("**")
                || (!text.isEmpty() && (Character.isLetterOrDigit(text.charAt(0)) || text.charAt(0) == '_'));
    }

    /** Paths of the network's layers, and of those that hold them, as far as they are known. */
    private void selectors(String typed) {
        Optional<NetworkFacts> network = cursor.declaration().flatMap(context::network);
        Range range = Positions.of(document.file(), offset - typed.length(), offset);
        Map<String, List<NetworkFacts.ParameterFacts>> paths = new LinkedHashMap<>();
        network.ifPresent(facts -> facts.parameters().forEach(parameter -> {
            String path = parameter.name();
            boolean layer = true;
            for (int dot = path.lastIndexOf('.'); dot > 0; dot = path.lastIndexOf('.', dot - 1)) {
                path = path.substring(0, dot);
                paths.computeIfAbsent(layer ? path : path + ".**", key -> new ArrayList<>())
                        .add(parameter);
                layer = false;
            }
        }));
        paths.forEach((path, parameters) -> {
            CompletionItem item = item(path, CompletionItemKind.Field, path.endsWith("**") ? "1" : "2");
            item.setDetail(LayerTexts.counted(
                    parameters.stream()
                            .mapToLong(NetworkFacts.ParameterFacts::elements)
                            .sum(),
                    "parameter"));
            item.setTextEdit(Either.forLeft(new TextEdit(range, path)));
        });
        if (paths.isEmpty()) {
            locals("1");
        }
    }

    private void members() {
        Builtins.names(Builtin.Kind.TENSOR_FUNCTION)
                .forEach(name ->
                        Builtins.ofTensors(name).ifPresent(function -> word(function, CompletionItemKind.Method, "1")));
        item("weight", CompletionItemKind.Field, "2").setDetail("the weight of a layer");
        item("bias", CompletionItemKind.Field, "2").setDetail("the bias of a layer");
    }

    private void expression(String clause) {
        cursor.call().ifPresent(this::arguments);
        if (!items.isEmpty() && cursor.isBehind("=") && cursor.call().isPresent() && hasChoices()) {
            return;
        }
        boolean value = !Set.of("loss", "optimizer", "optimize", "regularize", "initialize")
                        .contains(clause)
                || cursor.call().isPresent();
        Optional<String> argument = cursor.call().flatMap(Cursor.Call::argument);
        if (argument.filter(name -> name.endsWith("_regularizer")).isPresent()) {
            words(kind -> kind == Builtin.Kind.REGULARIZER, "2");
            fileNames("1", Declaration.RegularizerDecl.class);
            return;
        }
        if (!value) {
            wanted(clause);
            return;
        }
        locals("1");
        fileNames("2", Declaration.class);
        words(LAYERS::contains, "3");
        standard("3");
        words(kind -> kind == Builtin.Kind.TENSOR_FUNCTION || kind == Builtin.Kind.FUNCTION, "4");
        words(
                kind -> kind == Builtin.Kind.REGULARIZER
                        || kind == Builtin.Kind.LOSS
                        || kind == Builtin.Kind.INITIALIZER
                        || kind == Builtin.Kind.OPTIMIZER,
                "6");
        keywords(EXPRESSION_WORDS, "5");
        elsewhere(true);
    }

    private boolean hasChoices() {
        return items.values().stream().anyMatch(item -> item.getKind() == CompletionItemKind.EnumMember);
    }

    /** Words that a clause takes: losses, optimizers, regularizers or initializers. */
    private void wanted(String clause) {
        switch (clause) {
            case "loss" -> {
                words(kind -> kind == Builtin.Kind.LOSS, "1");
                fileNames("1", Declaration.LossDecl.class);
            }
            case "optimizer" -> words(kind -> kind == Builtin.Kind.OPTIMIZER, "1");
            case "optimize" -> {
                words(kind -> kind == Builtin.Kind.OPTIMIZER, "2");
                settings();
            }
            case "regularize" -> {
                words(kind -> kind == Builtin.Kind.REGULARIZER, "2");
                fileNames("1", Declaration.RegularizerDecl.class);
            }
            default -> words(kind -> kind == Builtin.Kind.INITIALIZER, "1");
        }
        locals("4");
    }

    /** Settings that some optimizer has. */
    private void settings() {
        Set<String> names = new LinkedHashSet<>();
        Builtins.names(Builtin.Kind.OPTIMIZER).stream()
                .flatMap(name -> Builtins.named(name).stream())
                .flatMap(word -> Callee.of(word).parameters().stream())
                .forEach(parameter -> names.add(parameter.name()));
        names.forEach(name -> {
            CompletionItem item = item(name, CompletionItemKind.Property, "1");
            item.setInsertText(name + "=");
        });
    }

    /** FileNames of the arguments that a call does not have yet, and the values that one takes. */
    private void arguments(Cursor.Call call) {
        Optional<Callee> callee = callee(call);
        if (callee.isEmpty()) {
            return;
        }
        Optional<Callee.Parameter> here = callee.get().parameters().stream()
                .filter(parameter ->
                        call.argument().filter(parameter.name()::equals).isPresent())
                .findFirst();
        here.ifPresent(parameter -> parameter
                .choices()
                .forEach(choice -> item(choice, CompletionItemKind.EnumMember, "0")
                        .setDetail(parameter.name() + " of " + callee.get().name())));
        if (call.argument().isPresent() || !call.direct() || !(cursor.isBehind("(") || cursor.isBehind(","))) {
            return;
        }
        int positional = call.position();
        List<Callee.Parameter> parameters = callee.get().parameters();
        for (int i = 0; i < parameters.size(); i++) {
            Callee.Parameter parameter = parameters.get(i);
            boolean taken = call.given().contains(parameter.name())
                    || (parameter.byPosition() && i < positional && call.given().isEmpty());
            if (parameter.byName() && !taken) {
                CompletionItem item = item(parameter.name() + "=", CompletionItemKind.Property, "0" + two(i));
                item.setDetail(parameter.label());
                item.setDocumentation(new MarkupContent(
                        MarkupKind.MARKDOWN,
                        "Argument of `" + callee.get().name() + "`: takes " + parameter.takes() + "."));
            }
        }
    }

    private static String two(int number) {
        return String.format(Locale.ROOT, "%02d", number);
    }

    private Optional<Callee> callee(Cursor.Call call) {
        return SignatureHelps.callee(call, context);
    }

    private void locals(String sort) {
        cursor.locals().forEach(name -> item(name, CompletionItemKind.Variable, sort));
    }

    private void keywords(List<String> words, String sort) {
        words.forEach(word -> item(word, CompletionItemKind.Keyword, sort));
    }

    private void words(Predicate<Builtin.Kind> kinds, String sort) {
        Builtins.names().stream()
                .flatMap(name -> Builtins.named(name).stream())
                .filter(word -> kinds.test(word.kind()))
                .forEach(word -> word(
                        word,
                        LAYERS.contains(word.kind()) ? CompletionItemKind.Class : CompletionItemKind.Function,
                        sort));
    }

    private void word(Builtin word, CompletionItemKind kind, String sort) {
        if (items.containsKey(word.name())) {
            return;
        }
        CompletionItem item = item(word.name(), kind, sort);
        item.setDetail(Callee.kind(word.kind()));
        item.setData("word:" + word.name());
        call(item, word.name());
    }

    private void call(CompletionItem item, String name) {
        if (snippets && !cursor.isCalled()) {
            item.setInsertText(name + "($0)");
            item.setInsertTextFormat(InsertTextFormat.Snippet);
        }
    }

    private void standard(String sort) {
        for (FileDecl file : StandardBlocks.FILES) {
            file.declarations().forEach(declaration -> declared(declaration, "standard", sort, true));
        }
    }

    private void fileNames(String sort, Class<? extends Declaration> kind) {
        document.names()
                .fileNames()
                .forEach((name, meaning) -> context.definitions()
                        .declarationOf(document, meaning)
                        .filter(kind::isInstance)
                        .ifPresent(declaration -> {
                            String uri = context.definitions().of(document, meaning).stream()
                                    .findFirst()
                                    .map(target -> target.document().uri())
                                    .orElse(document.uri());
                            declaredAs(name, declaration, uri, sort, true);
                        }));
    }

    private void declared(Declaration declaration, String uri, String sort, boolean called) {
        declaredAs(declaration.name().text(), declaration, uri, sort, called);
    }

    private CompletionItem declaredAs(String name, Declaration declaration, String uri, String sort, boolean called) {
        CompletionItemKind kind =
                declaration instanceof Declaration.BlockDecl ? CompletionItemKind.Class : CompletionItemKind.Function;
        CompletionItem item = item(name, kind, sort);
        item.setDetail(Callee.kind(declaration));
        item.setData("declared:" + uri + "#" + declaration.name().text());
        if (called
                && !(declaration instanceof Declaration.RegularizerDecl
                        && declaration.formals().isEmpty())) {
            call(item, name);
        }
        return item;
    }

    /** Declarations of files that can be imported, with the import that they need. */
    private void elsewhere(boolean withImport) {
        for (String path : context.view().importable(document)) {
            Optional<Document> file = context.view().imported(document, path);
            if (file.isEmpty()) {
                continue;
            }
            for (Declaration declaration : file.get().names().declarations().values()) {
                String name = declaration.name().text();
                if (declaration instanceof Declaration.NetworkDecl || items.containsKey(name)) {
                    continue;
                }
                CompletionItem item = declaredAs(name, declaration, file.get().uri(), "7", withImport);
                item.setDetail(Callee.kind(declaration) + ", from \"" + path + "\"");
                if (withImport) {
                    item.setAdditionalTextEdits(List.of(ImportEdits.adding(document, name, path)));
                }
            }
        }
    }

    private CompletionItem item(String label, CompletionItemKind kind, String sort) {
        return items.computeIfAbsent(label, text -> {
            CompletionItem item = new CompletionItem(text);
            item.setKind(kind);
            item.setSortText(sort + text);
            return item;
        });
    }

    /** Adds the documentation of a proposal that the editor shows now. */
    public static CompletionItem resolved(CompletionItem item, String data, Stream<Document> files) {
        if (data.startsWith("word:")) {
            Builtins.named(data.substring("word:".length()))
                    .map(Callee::of)
                    .ifPresent(callee ->
                            item.setDocumentation(new MarkupContent(MarkupKind.MARKDOWN, callee.markdown(false))));
        } else if (data.startsWith("declared:")) {
            String name = data.substring(data.lastIndexOf('#') + 1);
            String uri = data.substring("declared:".length(), Math.max("declared:".length(), data.lastIndexOf('#')));
            Stream<Declaration> declarations = uri.equals("standard")
                    ? StandardBlocks.FILES.stream().flatMap(file -> file.declarations().stream())
                    : files.filter(file -> file.uri().equals(uri))
                            .flatMap(file -> file.names().declarations().values().stream());
            declarations
                    .filter(declaration -> declaration.name().text().equals(name))
                    .findFirst()
                    .map(Callee::of)
                    .ifPresent(callee ->
                            item.setDocumentation(new MarkupContent(MarkupKind.MARKDOWN, callee.markdown(true))));
        }
        return item;
    }
}
