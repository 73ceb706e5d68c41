package org.espalier.languageserver.feature;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.eclipse.lsp4j.MarkupContent;
import org.eclipse.lsp4j.MarkupKind;
import org.eclipse.lsp4j.ParameterInformation;
import org.eclipse.lsp4j.SignatureHelp;
import org.eclipse.lsp4j.SignatureInformation;
import org.eclipse.lsp4j.jsonrpc.messages.Tuple;
import org.espalier.generator.elaborate.library.Builtins;

/** Shows the signature of the call around the cursor, and which argument the cursor is in. */
public final class SignatureHelps {
    private SignatureHelps() {}

    /** The signature of the innermost call at an offset; empty outside of calls, and for layers that are applied. */
    public static Optional<SignatureHelp> at(int offset, Context context) {
        Cursor cursor = new Cursor(context.document(), offset);
        if (cursor.isSilent() && cursor.string().isEmpty() && cursor.call().isEmpty()) {
            return Optional.empty();
        }
        return cursor.call().flatMap(call -> callee(call, context).map(callee -> help(callee, call)));
    }

    /** The callee of a call. */
    static Optional<Callee> callee(Cursor.Call call, Context context) {
        if (call.method()) {
            return Builtins.ofTensors(call.callee()).map(Callee::of).map(SignatureHelps::behindTheDot);
        }
        return context.document()
                .names()
                .meaning(call.callee())
                .flatMap(meaning -> Callee.of(context.document(), meaning, context.definitions()));
    }

    /** The same without the first parameter, which stands before the dot. */
    private static Callee behindTheDot(Callee callee) {
        List<Callee.Parameter> rest = callee.parameters()
                .subList(
                        Math.min(1, callee.parameters().size()),
                        callee.parameters().size());
        return new Callee(callee.name(), callee.kind(), rest, callee.documentation());
    }

    private static SignatureHelp help(Callee callee, Cursor.Call call) {
        StringBuilder label = new StringBuilder(callee.name()).append('(');
        List<ParameterInformation> parameters = new ArrayList<>();
        for (Callee.Parameter parameter : callee.parameters()) {
            label.append(parameters.isEmpty() ? "" : ", ");
            int start = label.length();
            label.append(parameter.label());
            ParameterInformation information = new ParameterInformation();
            information.setLabel(Tuple.two(start, label.length()));
            information.setDocumentation(new MarkupContent(MarkupKind.MARKDOWN, "takes " + parameter.takes()));
            parameters.add(information);
        }
        SignatureInformation signature =
                new SignatureInformation(label.append(')').toString());
        signature.setParameters(parameters);
        if (!callee.documentation().isEmpty()) {
            signature.setDocumentation(new MarkupContent(MarkupKind.MARKDOWN, callee.documentation()));
        }
        SignatureHelp help = new SignatureHelp();
        help.setSignatures(List.of(signature));
        help.setActiveSignature(0);
        active(callee, call).ifPresent(help::setActiveParameter);
        return help;
    }

    private static Optional<Integer> active(Callee callee, Cursor.Call call) {
        List<Callee.Parameter> parameters = callee.parameters();
        for (int i = 0; i < parameters.size(); i++) {
            Callee.Parameter parameter = parameters.get(i);
            if (call.argument().filter(parameter.name()::equals).isPresent()) {
                return Optional.of(i);
            }
        }
        if (call.argument().isPresent()) {
            return Optional.empty();
        }
        int position = 0;
        for (int i = 0; i < parameters.size(); i++) {
            boolean rest = !parameters.get(i).byName();
            if (parameters.get(i).byPosition() && (rest || position++ == call.position())) {
                return Optional.of(i);
            }
        }
        return Optional.empty();
    }
}
