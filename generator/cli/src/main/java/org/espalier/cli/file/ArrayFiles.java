package org.espalier.cli.file;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.espalier.cli.run.NetworkInMemory;
import org.espalier.generator.ir.op.Value;
import org.espalier.generator.source.FileProblem;
import org.espalier.weights.TensorInfo;
import org.espalier.weights.npy.NpyArray;
import org.espalier.weights.npy.NpzFile;
import org.espalier.weights.npy.NpzWriter;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;

/** Arguments that name files of arrays: {@code NAME=FILE}, a file of one alone, or an {@code .npz} of several. */
public final class ArrayFiles {
    private final CommandSpec command;

    /** Of a command, whose mistakes in arguments are reported. */
    public ArrayFiles(CommandSpec command) {
        this.command = command;
    }

    /**
     * An argument, taken apart.
     *
     * @param name of the tensor, empty if none is given
     * @param file the file
     */
    private record Place(String name, Path file) {
        boolean hasSeveral() {
            return name.isEmpty() && file.toString().endsWith(".npz");
        }
    }

    /** Reads arrays by the names of tensors. */
    public Map<String, NpyArray> read(List<String> arguments, List<Value> tensors, String option) {
        Map<String, NpyArray> arrays = new LinkedHashMap<>();
        for (String argument : arguments) {
            Place place = place(argument, tensors, option);
            if (place.file().toString().endsWith(".npz")) {
                readAll(place, tensors, option, arrays);
            } else {
                add(arrays, place.name(), NpyArray.read(place.file()), option);
            }
        }
        return arrays;
    }

    private void readAll(Place place, List<Value> tensors, String option, Map<String, NpyArray> arrays) {
        try (NpzFile file = NpzFile.open(place.file())) {
            if (file.tensors().size() == 1
                    && (tensors.size() == 1 || !place.name().isEmpty())) {
                String only = file.tensors().iterator().next().name();
                String name = place.name().isEmpty() ? tensors.get(0).name() : place.name();
                add(arrays, name, file.array(only), option);
                return;
            }
            for (TensorInfo tensor : file.tensors()) {
                add(arrays, known(tensor.name(), tensors, option), file.array(tensor.name()), option);
            }
        }
    }

    private void add(Map<String, NpyArray> arrays, String name, NpyArray array, String option) {
        if (arrays.putIfAbsent(name, array) != null) {
            throw mistake(option + " gives '" + name + "' twice");
        }
    }

    /**
     * Finds where results go, and refuses files that are something else.
     *
     * @return the names of tensors by the files that they go to
     */
    public Map<Path, List<String>> places(List<String> arguments, List<Value> tensors) {
        Map<Path, List<String>> places = new LinkedHashMap<>();
        Set<String> given = new LinkedHashSet<>();
        for (String argument : arguments) {
            Place place = place(argument, tensors, "--output");
            List<String> names =
                    place.hasSeveral() ? tensors.stream().map(Value::name).toList() : List.of(place.name());
            if (!given.addAll(names) || (places.containsKey(place.file()) && !isArchive(place.file()))) {
                throw mistake("--output gives a tensor or a file twice: " + argument);
            }
            places.computeIfAbsent(place.file(), file -> new ArrayList<>()).addAll(names);
            if (isArchive(place.file())) {
                NpzWriter.requireReplaceable(place.file());
            } else {
                NpyArray.requireReplaceable(place.file());
            }
        }
        return places;
    }

    /** Writes results, each file whole or not at all. */
    public void write(Map<Path, List<String>> places, Map<String, NpyArray> results) {
        places.forEach((file, names) -> {
            NpzWriter archive = new NpzWriter();
            for (String name : names) {
                NpyArray array = results.get(name);
                if (array == null) {
                    throw new IllegalStateException("no result " + name);
                }
                if (isArchive(file)) {
                    archive.add(name, array);
                } else {
                    array.write(file);
                }
            }
            if (isArchive(file)) {
                archive.write(file);
            }
        });
    }

    private static boolean isArchive(Path file) {
        return file.toString().endsWith(".npz");
    }

    private Place place(String argument, List<Value> tensors, String option) {
        int equals = argument.indexOf('=');
        String name = equals > 0 ? argument.substring(0, equals) : "";
        if (equals > 0 && name.matches("[A-Za-z_][A-Za-z_0-9.]*")) {
            return new Place(known(name, tensors, option), path(argument.substring(equals + 1)));
        }
        Path file = path(argument);
        if (isArchive(file)) {
            return new Place("", file);
        }
        if (tensors.size() > 1) {
            throw mistake(option + " needs a name, " + option + " NAME=" + argument + ", one of "
                    + NetworkInMemory.listed(tensors));
        }
        return new Place(tensors.get(0).name(), file);
    }

    private Path path(String argument) {
        if (argument.isEmpty()) {
            throw mistake("expected the name of a file, and found nothing");
        }
        try {
            return Path.of(argument);
        } catch (InvalidPathException e) {
            throw mistake(String.valueOf(FileProblem.naming(e).getMessage()));
        }
    }

    private String known(String name, List<Value> tensors, String option) {
        if (tensors.stream().noneMatch(tensor -> tensor.name().equals(name))) {
            throw mistake(option + " names '" + name + "', and the network has " + NetworkInMemory.listed(tensors));
        }
        return name;
    }

    private ParameterException mistake(String message) {
        return new ParameterException(command.commandLine(), message);
    }
}
