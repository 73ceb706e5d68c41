package org.espalier.languageserver.feature;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.eclipse.lsp4j.CodeAction;
import org.eclipse.lsp4j.CodeActionKind;
import org.eclipse.lsp4j.Diagnostic;
import org.eclipse.lsp4j.Range;
import org.eclipse.lsp4j.TextEdit;
import org.eclipse.lsp4j.WorkspaceEdit;
import org.espalier.generator.diagnostic.DiagnosticCode;
import org.espalier.generator.syntax.Declaration;
import org.espalier.languageserver.document.Document;
import org.espalier.languageserver.document.Positions;
import org.espalier.languageserver.workspace.Published;

/** Offers what findings suggest: the name that was meant, an import that is missing or not needed. */
public final class QuickFixes {
    private final Context context;
    private final Document document;
    private final List<CodeAction> actions = new ArrayList<>();

    private QuickFixes(Context context) {
        this.context = context;
        this.document = context.document();
    }

    /** The fixes of the findings that a range touches. */
    public static List<CodeAction> within(Range range, Context context) {
        QuickFixes fixes = new QuickFixes(context);
        int start = Positions.offset(context.document().file(), range.getStart());
        int end = Positions.offset(context.document().file(), range.getEnd());
        for (Published finding : context.analyzer().published(context.document().uri())) {
            Range at = finding.told().getRange();
            int from = Positions.offset(context.document().file(), at.getStart());
            int to = Positions.offset(context.document().file(), at.getEnd());
            if (from <= end && to >= start) {
                fixes.offer(finding, from, to);
            }
        }
        return fixes.actions;
    }

    private void offer(Published finding, int from, int to) {
        String written = document.file().text().substring(from, to);
        finding.suggestion()
                .filter(name -> written.matches("[\\w.*]+") && !written.equals(name))
                .ifPresent(name -> act(
                        finding.told(),
                        "Change '" + written + "' to '" + name + "'",
                        new TextEdit(Positions.of(document.file(), from, to), name),
                        true));
        if (is(finding, DiagnosticCode.UNKNOWN_LAYER) || is(finding, DiagnosticCode.UNKNOWN_NAME)) {
            importing(finding.told(), written);
        }
        if (is(finding, DiagnosticCode.UNUSED_DECLARATION)) {
            ImportEdits.removing(document, from)
                    .ifPresent(edit -> act(finding.told(), "Remove the import of '" + written + "'", edit, true));
        }
        if (is(finding, DiagnosticCode.SPACED_SELECTOR)) {
            act(
                    finding.told(),
                    "Remove the spaces",
                    new TextEdit(Positions.of(document.file(), from, to), written.replaceAll("\\s+", "")),
                    true);
        }
    }

    private static boolean is(Published finding, DiagnosticCode code) {
        return code.toString().equals(finding.told().getCode().getLeft());
    }

    private void importing(Diagnostic finding, String name) {
        for (String path : context.view().importable(document)) {
            Optional<Declaration> declaration = context.view()
                    .imported(document, path)
                    .flatMap(file ->
                            Optional.ofNullable(file.names().declarations().get(name)));
            if (declaration.isPresent() && !(declaration.get() instanceof Declaration.NetworkDecl)) {
                act(
                        finding,
                        "Import '" + name + "' from \"" + path + "\"",
                        ImportEdits.adding(document, name, path),
                        false);
            }
        }
    }

    private void act(Diagnostic finding, String title, TextEdit edit, boolean preferred) {
        CodeAction action = new CodeAction(title);
        action.setKind(CodeActionKind.QuickFix);
        action.setDiagnostics(List.of(finding));
        action.setIsPreferred(preferred);
        action.setEdit(new WorkspaceEdit(Map.of(document.uri(), List.of(edit))));
        actions.add(action);
    }
}
