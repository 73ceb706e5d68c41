package ${package};

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import org.espalier.runtime.data.Dataset;
import org.espalier.runtime.data.table.Table;
import org.nd4j.linalg.api.buffer.DataType;

/** Houses with their prices, as a CSV file. Five of the eight columns say nothing about the price. */
final class Houses {
    static final List<String> COLUMNS =
            List.of("area", "rooms", "age", "door", "floor_tiles", "letterbox", "fence", "street_number");

    private Houses() {}

    /** Writes a table of houses that do not exist. Replace it by a file of your own. */
    static Path write(Path csv, int houses, long seed) throws IOException {
        Random random = new Random(seed);
        List<String> lines = new ArrayList<>();
        lines.add(String.join(",", COLUMNS) + ",price");
        for (int i = 0; i < houses; i++) {
            double area = 40 + 160 * random.nextDouble();
            int rooms = 1 + random.nextInt(7);
            int age = random.nextInt(100);
            double price = 2.5 * area + 12 * rooms - 1.2 * age + 0.01 * area * rooms + 8 * random.nextGaussian();
            lines.add(String.format(
                    Locale.ROOT,
                    "%.1f,%d,%d,%d,%d,%d,%d,%d,%.1f",
                    area,
                    rooms,
                    age,
                    random.nextInt(10),
                    random.nextInt(10),
                    random.nextInt(10),
                    random.nextInt(10),
                    1 + random.nextInt(200),
                    price));
        }
        Files.createDirectories(csv.toAbsolutePath().getParent());
        return Files.write(csv, lines);
    }

    /**
     * Reads a table.
     *
     * @return features {@code [houses, 8]} as they are, and prices in hundreds, {@code [houses, 1]}
     */
    static Dataset read(Path csv) {
        Table table = Table.read(csv);
        return Dataset.of(
                table.columns(COLUMNS, DataType.FLOAT),
                table.columns(List.of("price"), DataType.FLOAT).div(100));
    }
}
