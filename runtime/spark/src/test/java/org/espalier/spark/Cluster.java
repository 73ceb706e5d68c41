package org.espalier.spark;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.spark.SparkConf;
import org.apache.spark.launcher.JavaModuleOptions;

/** A standalone cluster on the loopback interface: a master and two workers, each a process with one core. */
final class Cluster implements AutoCloseable {
    private static final String JVM = "-XX:+IgnoreUnrecognizedVMOptions --enable-native-access=ALL-UNNAMED"
            + " --sun-misc-unsafe-memory-access=allow -XX:TieredStopAtLevel=1 -XX:+UseSerialGC";

    private final Path folder;
    private final int port;
    private final List<Process> processes = new ArrayList<>();

    private Cluster(Path folder, int port) {
        this.folder = folder;
        this.port = port;
    }

    /** The JDK that all of its processes run on: this one, or that of {@code -Despalier.cluster.java}. */
    private static String javaHome() {
        return System.getProperty("espalier.cluster.java", System.getProperty("java.home"));
    }

    static Cluster start(Path folder) throws IOException {
        // Where Spark looks for its jars; they are on the class path instead.
        Files.createDirectories(folder.resolve("spark/jars"));
        Cluster cluster = new Cluster(folder, freePort());
        cluster.run(
                "master",
                "org.apache.spark.deploy.master.Master",
                "-h",
                "127.0.0.1",
                "-p",
                "" + cluster.port,
                "--webui-port",
                "0");
        for (int worker = 0; worker < 2; worker++) {
            cluster.run(
                    "worker" + worker,
                    "org.apache.spark.deploy.worker.Worker",
                    "-h",
                    "127.0.0.1",
                    "--webui-port",
                    "0",
                    "-c",
                    "1",
                    "-m",
                    "1g",
                    "-d",
                    folder.resolve("work" + worker).toString(),
                    cluster.master());
        }
        return cluster;
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    String master() {
        return "spark://127.0.0.1:" + port;
    }

    /** Settings of a driver. */
    SparkConf conf() {
        return new SparkConf()
                .setMaster(master())
                .setAppName("cluster")
                .set("spark.ui.enabled", "false")
                .set("spark.driver.host", "127.0.0.1")
                .set("spark.driver.bindAddress", "127.0.0.1")
                .set("spark.executor.memory", "512m")
                .set("spark.executor.cores", "1")
                .set("spark.executor.extraClassPath", System.getProperty("java.class.path"))
                .set("spark.executor.extraJavaOptions", JVM)
                .set("spark.local.dir", folder.resolve("local").toString())
                .set("spark.speculation", "true");
    }

    /** Starts a process with the class path of this one; what it prints is in a file of that name. */
    Process run(String name, String main, String... arguments) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(javaHome(), "bin", "java").toString());
        command.addAll(List.of(JVM.split(" ")));
        command.add("-Xmx512m");
        command.addAll(List.of(JavaModuleOptions.defaultModuleOptionArray()));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve(name + ".log").toFile());
        builder.environment().put("JAVA_HOME", javaHome());
        builder.environment().put("SPARK_HOME", folder.resolve("spark").toString());
        builder.environment().put("SPARK_SCALA_VERSION", "2.13");
        builder.environment().put("SPARK_LOCAL_IP", "127.0.0.1");
        Process process = builder.start();
        processes.add(process);
        return process;
    }

    @Override
    public void close() {
        for (Process process : processes) {
            // Executors are children of workers.
            Stream.concat(process.descendants(), Stream.of(process.toHandle())).forEach(ProcessHandle::destroyForcibly);
            process.onExit().join();
        }
    }
}
