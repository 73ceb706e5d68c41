package org.espalier.onnx.structure;

import java.util.ArrayList;
import java.util.List;
import org.espalier.onnx.imported.ImportedOp;
import org.espalier.onnx.imported.OpArgument;
import org.espalier.onnx.imported.OpOperand;
import org.espalier.onnx.imported.Ref;
import org.espalier.onnx.imported.Setting;
import org.espalier.onnx.model.OnnxReader;

/** Something in the body of a block or network. */
public abstract sealed class Item {
    private String name;

    private Item(String name) {
        this.name = name;
    }

    /** The name that it has in the model, as far as it is in the body: {@code conv1}, {@code layers.0}. */
    public final String name() {
        return name;
    }

    final void rename(String newName) {
        name = newName;
    }

    /** The tensors, numbers and weights that it reads. */
    public abstract List<OpOperand> operands();

    /** The tensors that it makes. */
    public abstract List<Ref> results();

    /** The numbers in it that may differ between blocks that are otherwise the same. */
    public abstract List<Slot> slots();

    /** Text of everything about it but names of tensors and numbers in slots. */
    abstract String structure();

    /**
     * A number that may differ.
     *
     * @param word the argument that it belongs to
     * @param owner the layer or block that it belongs to
     * @param number a long or a double
     */
    public record Slot(String word, String owner, Number number) {
        /** Tells whether it is a whole number. */
        public boolean isWhole() {
            return number instanceof Long;
        }
    }

    /** An operation. */
    public static final class Single extends Item {
        private final ImportedOp op;

        Single(ImportedOp op, String name) {
            super(name);
            this.op = op;
        }

        /** The operation. */
        public ImportedOp op() {
            return op;
        }

        @Override
        public List<OpOperand> operands() {
            return op.operands();
        }

        @Override
        public List<Ref> results() {
            return op.results();
        }

        @Override
        public List<Slot> slots() {
            List<Slot> slots = new ArrayList<>();
            for (OpOperand operand : op.operands()) {
                if (operand instanceof OpOperand.Literal literal) {
                    slots.add(new Slot("number", name(), literal.number()));
                } else if (operand instanceof OpOperand.Weight weight) {
                    weight.numbers().shape().forEach(size -> slots.add(new Slot("size", weightName(weight), size)));
                }
            }
            for (OpArgument argument : op.arguments()) {
                addSlots(argument.word(), argument.setting(), slots);
            }
            return slots;
        }

        private void addSlots(String word, Setting setting, List<Slot> slots) {
            if (setting instanceof Setting.Size size) {
                slots.add(new Slot(word, name(), size.number()));
            } else if (setting instanceof Setting.Real real) {
                slots.add(new Slot(word, name(), real.number()));
            } else if (setting instanceof Setting.Tuple tuple) {
                tuple.elements().forEach(element -> addSlots(word, element, slots));
            } else if (setting instanceof Setting.Span span) {
                addSlots("start", span.start(), slots);
                addSlots("stop", span.stop(), slots);
            }
        }

        @Override
        String structure() {
            StringBuilder text = new StringBuilder(op.style() + " " + op.word() + "(");
            for (OpArgument argument : op.arguments()) {
                text.append(argument.word())
                        .append('=')
                        .append(shape(argument.setting()))
                        .append(',');
            }
            text.append(")").append(op.weights().keySet());
            for (OpOperand operand : op.operands()) {
                if (operand instanceof OpOperand.Literal) {
                    text.append(" number");
                } else if (operand instanceof OpOperand.Weight weight) {
                    text.append(' ')
                            .append(weightName(weight))
                            .append(weight.numbers().rank());
                    text.append(weight.learned()).append(weight.numbers().kind());
                }
            }
            boolean named = !op.weights().isEmpty();
            return text.append(' ')
                    .append(named ? name() : "")
                    .append(' ')
                    .append(op.results().size())
                    .toString();
        }

        private static String shape(Setting setting) {
            if (setting instanceof Setting.Text text) {
                return text.text();
            }
            if (setting instanceof Setting.Tuple tuple) {
                return tuple.elements().stream().map(Single::shape).toList().toString();
            }
            if (setting instanceof Setting.Span span) {
                return shape(span.start()) + ":" + shape(span.stop()) + ":" + span.step();
            }
            return setting instanceof Setting.Size ? "#" : "~";
        }
    }

    /** A call of a block. */
    public static final class Call extends Item {
        private final BlockDraft block;
        private final List<Slot> arguments;
        private final List<Item> body;
        private final List<OpOperand> operands;
        private final List<Ref> results;

        Call(
                BlockDraft block,
                String name,
                List<Slot> arguments,
                List<Item> body,
                List<OpOperand> operands,
                List<Ref> results) {
            super(name);
            this.block = block;
            this.arguments = List.copyOf(arguments);
            this.body = List.copyOf(body);
            this.operands = List.copyOf(operands);
            this.results = List.copyOf(results);
        }

        /** The block. */
        public BlockDraft block() {
            return block;
        }

        /** Its own items, which have its own weights; the block has those of the first call. */
        public List<Item> body() {
            return body;
        }

        @Override
        public List<OpOperand> operands() {
            return operands;
        }

        @Override
        public List<Ref> results() {
            return results;
        }

        @Override
        public List<Slot> slots() {
            return arguments;
        }

        @Override
        String structure() {
            return "block " + block.number() + " " + name();
        }
    }

    /** Layers one after the other, bound to one name. */
    public static final class Chain extends Item {
        private final List<Item> elements;

        Chain(String name, List<Item> elements) {
            super(name);
            this.elements = List.copyOf(elements);
        }

        /** The layers, each of which reads what the one before it makes. */
        public List<Item> elements() {
            return elements;
        }

        @Override
        public List<OpOperand> operands() {
            return elements.get(0).operands();
        }

        @Override
        public List<Ref> results() {
            return elements.get(elements.size() - 1).results();
        }

        @Override
        public List<Slot> slots() {
            return elements.stream()
                    .flatMap(element -> element.slots().stream())
                    .toList();
        }

        @Override
        String structure() {
            return "chain " + name() + elements.stream().map(Item::structure).toList();
        }
    }

    /** The name for a parameter or buffer, as far as the model has one that says something. */
    public static String weightName(OpOperand.Weight weight) {
        String name = weight.name();
        String last = name.substring(name.lastIndexOf('.') + 1);
        boolean dotted = name.contains(".") && !name.contains(":") && !name.contains("/");
        if (!OnnxReader.isComputed(name)
                && last.matches("[A-Za-z_]+[0-9]?")
                && (dotted || last.matches("[A-Za-z_]+"))
                && !last.equals("constant")) {
            return last.matches("_+") ? "weight" : last;
        }
        return weight.learned() ? "weight" : "constant";
    }
}
