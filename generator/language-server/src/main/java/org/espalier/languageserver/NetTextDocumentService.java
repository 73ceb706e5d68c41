package org.espalier.languageserver;

import com.google.gson.JsonPrimitive;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.eclipse.lsp4j.CodeAction;
import org.eclipse.lsp4j.CodeActionParams;
import org.eclipse.lsp4j.Command;
import org.eclipse.lsp4j.CompletionItem;
import org.eclipse.lsp4j.CompletionList;
import org.eclipse.lsp4j.CompletionParams;
import org.eclipse.lsp4j.DefinitionParams;
import org.eclipse.lsp4j.DidChangeTextDocumentParams;
import org.eclipse.lsp4j.DidCloseTextDocumentParams;
import org.eclipse.lsp4j.DidOpenTextDocumentParams;
import org.eclipse.lsp4j.DidSaveTextDocumentParams;
import org.eclipse.lsp4j.DocumentFormattingParams;
import org.eclipse.lsp4j.DocumentHighlight;
import org.eclipse.lsp4j.DocumentHighlightParams;
import org.eclipse.lsp4j.DocumentLink;
import org.eclipse.lsp4j.DocumentLinkParams;
import org.eclipse.lsp4j.DocumentSymbol;
import org.eclipse.lsp4j.DocumentSymbolParams;
import org.eclipse.lsp4j.FoldingRange;
import org.eclipse.lsp4j.FoldingRangeRequestParams;
import org.eclipse.lsp4j.Hover;
import org.eclipse.lsp4j.HoverParams;
import org.eclipse.lsp4j.InlayHint;
import org.eclipse.lsp4j.InlayHintParams;
import org.eclipse.lsp4j.Location;
import org.eclipse.lsp4j.LocationLink;
import org.eclipse.lsp4j.Position;
import org.eclipse.lsp4j.PrepareRenameDefaultBehavior;
import org.eclipse.lsp4j.PrepareRenameParams;
import org.eclipse.lsp4j.PrepareRenameResult;
import org.eclipse.lsp4j.Range;
import org.eclipse.lsp4j.ReferenceParams;
import org.eclipse.lsp4j.RenameParams;
import org.eclipse.lsp4j.SemanticTokens;
import org.eclipse.lsp4j.SemanticTokensParams;
import org.eclipse.lsp4j.SemanticTokensRangeParams;
import org.eclipse.lsp4j.SignatureHelp;
import org.eclipse.lsp4j.SignatureHelpParams;
import org.eclipse.lsp4j.SymbolInformation;
import org.eclipse.lsp4j.TextEdit;
import org.eclipse.lsp4j.WorkspaceEdit;
import org.eclipse.lsp4j.jsonrpc.ResponseErrorException;
import org.eclipse.lsp4j.jsonrpc.messages.Either;
import org.eclipse.lsp4j.jsonrpc.messages.Either3;
import org.eclipse.lsp4j.jsonrpc.messages.ResponseError;
import org.eclipse.lsp4j.jsonrpc.messages.ResponseErrorCode;
import org.eclipse.lsp4j.services.TextDocumentService;
import org.espalier.languageserver.document.Positions;
import org.espalier.languageserver.feature.Colours;
import org.espalier.languageserver.feature.Completions;
import org.espalier.languageserver.feature.Context;
import org.espalier.languageserver.feature.Foldings;
import org.espalier.languageserver.feature.Formatting;
import org.espalier.languageserver.feature.Hovers;
import org.espalier.languageserver.feature.InlayHints;
import org.espalier.languageserver.feature.NamePlaces;
import org.espalier.languageserver.feature.Outlines;
import org.espalier.languageserver.feature.QuickFixes;
import org.espalier.languageserver.feature.Renames;
import org.espalier.languageserver.feature.SignatureHelps;
import org.espalier.languageserver.workspace.Analyzer;
import org.espalier.languageserver.workspace.NetWorkspace;
import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;

/** Messages about the text of files: changes, which are taken at once, and questions, which wait their turn. */
@NullUnmarked // An answer of the protocol may be none.
final class NetTextDocumentService implements TextDocumentService {
    private final NetWorkspace workspace;
    private final Analyzer analyzer;
    private final Requests requests;
    private volatile boolean snippets;

    NetTextDocumentService(NetWorkspace workspace, Analyzer analyzer, Requests requests) {
        this.workspace = workspace;
        this.analyzer = analyzer;
        this.requests = requests;
    }

    void setSnippets(boolean supported) {
        snippets = supported;
    }

    @Override
    public void didOpen(DidOpenTextDocumentParams parameters) {
        var opened = parameters.getTextDocument();
        workspace.open(opened.getUri(), opened.getVersion(), opened.getText());
        analyzer.changed(opened.getUri());
    }

    @Override
    public void didChange(DidChangeTextDocumentParams parameters) {
        var changed = parameters.getTextDocument();
        workspace.change(changed.getUri(), changed.getVersion(), parameters.getContentChanges());
        analyzer.changed(changed.getUri());
    }

    @Override
    public void didClose(DidCloseTextDocumentParams parameters) {
        workspace.close(parameters.getTextDocument().getUri());
        analyzer.changed(parameters.getTextDocument().getUri());
    }

    @Override
    public void didSave(DidSaveTextDocumentParams parameters) {
        analyzer.changed(parameters.getTextDocument().getUri());
    }

    private static int offset(Context context, Position position) {
        return Positions.offset(context.document().file(), position);
    }

    @Override
    public CompletableFuture<Either<List<CompletionItem>, CompletionList>> completion(CompletionParams parameters) {
        return requests.about(
                parameters.getTextDocument().getUri(),
                Either.forLeft(List.of()),
                context ->
                        Either.forLeft(Completions.at(offset(context, parameters.getPosition()), context, snippets)));
    }

    @Override
    public CompletableFuture<CompletionItem> resolveCompletionItem(CompletionItem item) {
        String data =
                item.getData() instanceof JsonPrimitive text ? text.getAsString() : String.valueOf(item.getData());
        return requests.ask(item, view -> Completions.resolved(item, data, view.all().stream()));
    }

    @Override
    public CompletableFuture<@Nullable Hover> hover(HoverParams parameters) {
        return requests.<@Nullable Hover>about(
                parameters.getTextDocument().getUri(),
                null,
                context -> Hovers.at(offset(context, parameters.getPosition()), context)
                        .orElse(null));
    }

    @Override
    public CompletableFuture<@Nullable SignatureHelp> signatureHelp(SignatureHelpParams parameters) {
        return requests.<@Nullable SignatureHelp>about(
                parameters.getTextDocument().getUri(),
                null,
                context -> SignatureHelps.at(offset(context, parameters.getPosition()), context)
                        .orElse(null));
    }

    @Override
    public CompletableFuture<Either<List<? extends Location>, List<? extends LocationLink>>> definition(
            DefinitionParams parameters) {
        return requests.about(
                parameters.getTextDocument().getUri(),
                Either.forLeft(List.of()),
                context -> Either.forLeft(NamePlaces.definitions(offset(context, parameters.getPosition()), context)));
    }

    @Override
    public CompletableFuture<List<? extends Location>> references(ReferenceParams parameters) {
        boolean declaration =
                parameters.getContext() == null || parameters.getContext().isIncludeDeclaration();
        return requests.about(
                parameters.getTextDocument().getUri(),
                List.of(),
                context -> NamePlaces.references(offset(context, parameters.getPosition()), declaration, context));
    }

    @Override
    public CompletableFuture<List<? extends DocumentHighlight>> documentHighlight(DocumentHighlightParams parameters) {
        return requests.about(
                parameters.getTextDocument().getUri(),
                List.of(),
                context -> NamePlaces.highlights(offset(context, parameters.getPosition()), context));
    }

    @Override
    public CompletableFuture<List<DocumentLink>> documentLink(DocumentLinkParams parameters) {
        return requests.about(parameters.getTextDocument().getUri(), List.of(), NamePlaces::links);
    }

    @Override
    public CompletableFuture<List<Either<SymbolInformation, DocumentSymbol>>> documentSymbol(
            DocumentSymbolParams parameters) {
        return requests.about(
                parameters.getTextDocument().getUri(),
                List.of(),
                context -> Outlines.of(context.document()).stream()
                        .map(Either::<SymbolInformation, DocumentSymbol>forRight)
                        .toList());
    }

    @Override
    public CompletableFuture<List<FoldingRange>> foldingRange(FoldingRangeRequestParams parameters) {
        return requests.about(
                parameters.getTextDocument().getUri(), List.of(), context -> Foldings.of(context.document()));
    }

    @Override
    public CompletableFuture<SemanticTokens> semanticTokensFull(SemanticTokensParams parameters) {
        return requests.about(
                parameters.getTextDocument().getUri(),
                new SemanticTokens(List.of()),
                context -> new SemanticTokens(
                        Colours.within(0, context.document().file().text().length(), context)));
    }

    @Override
    public CompletableFuture<SemanticTokens> semanticTokensRange(SemanticTokensRangeParams parameters) {
        Range range = parameters.getRange();
        return requests.about(
                parameters.getTextDocument().getUri(),
                new SemanticTokens(List.of()),
                context -> new SemanticTokens(
                        Colours.within(offset(context, range.getStart()), offset(context, range.getEnd()), context)));
    }

    @Override
    public CompletableFuture<List<InlayHint>> inlayHint(InlayHintParams parameters) {
        Range range = parameters.getRange();
        return requests.aboutShapes(
                parameters.getTextDocument().getUri(),
                List.of(),
                context ->
                        InlayHints.within(offset(context, range.getStart()), offset(context, range.getEnd()), context));
    }

    @Override
    public CompletableFuture<List<? extends TextEdit>> formatting(DocumentFormattingParams parameters) {
        return requests.about(
                parameters.getTextDocument().getUri(), List.of(), context -> Formatting.of(context.document()));
    }

    @Override
    public CompletableFuture<Either3<Range, PrepareRenameResult, PrepareRenameDefaultBehavior>> prepareRename(
            PrepareRenameParams parameters) {
        return requests.about(parameters.getTextDocument().getUri(), null, context -> {
            try {
                return Either3.forSecond(Renames.prepare(offset(context, parameters.getPosition()), context));
            } catch (Renames.Refused e) {
                throw refused(e);
            }
        });
    }

    @Override
    public CompletableFuture<WorkspaceEdit> rename(RenameParams parameters) {
        return requests.about(parameters.getTextDocument().getUri(), new WorkspaceEdit(), context -> {
            try {
                return Renames.at(offset(context, parameters.getPosition()), parameters.getNewName(), context);
            } catch (Renames.Refused e) {
                throw refused(e);
            }
        });
    }

    /** The protocol's way to tell the user why something is not done. */
    private static ResponseErrorException refused(Renames.Refused refusal) {
        return new ResponseErrorException(
                new ResponseError(ResponseErrorCode.RequestFailed, refusal.getMessage(), null));
    }

    @Override
    public CompletableFuture<List<Either<Command, CodeAction>>> codeAction(CodeActionParams parameters) {
        return requests.aboutShapes(parameters.getTextDocument().getUri(), List.of(), context -> {
            List<Either<Command, CodeAction>> actions = new ArrayList<>();
            QuickFixes.within(parameters.getRange(), context).forEach(action -> actions.add(Either.forRight(action)));
            return actions;
        });
    }
}
