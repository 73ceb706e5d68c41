package org.espalier.maven;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.apache.maven.execution.MavenSession;
import org.apache.maven.model.Resource;
import org.apache.maven.project.DefaultDependencyResolutionRequest;
import org.apache.maven.project.DependencyResolutionException;
import org.apache.maven.project.MavenProject;
import org.apache.maven.project.ProjectDependenciesResolver;
import org.eclipse.aether.artifact.Artifact;
import org.eclipse.aether.graph.DependencyNode;
import org.eclipse.aether.graph.DependencyVisitor;
import org.espalier.generator.source.FileProblem;

/**
 * Resolves the resources and dependencies that specifications can import from besides their folders: the module's
 * resources and its dependencies.
 *
 * <p>Only an import asks for it, and another module of the same build need not have been built: its resources will do.
 * A goal that required its dependencies resolved could not run before the modules that it depends on are compiled.
 */
final class Dependencies {
    private final ProjectDependenciesResolver resolver;
    private final MavenSession session;
    private final MavenProject project;

    Dependencies(ProjectDependenciesResolver resolver, MavenSession session, MavenProject project) {
        this.resolver = resolver;
        this.session = session;
        this.project = project;
    }

    /**
     * Folders and jars in the order in which imports are looked for in them.
     *
     * @param resources of the module
     * @param scopes of the dependencies that count
     * @throws FileProblem if a dependency from outside of this build cannot be resolved
     */
    List<Path> find(List<Resource> resources, Set<String> scopes) throws FileProblem {
        Set<Path> found = new LinkedHashSet<>(folders(project, resources));
        resolve(scopes).accept(new DependencyVisitor() {
            @Override
            public boolean visitEnter(DependencyNode node) {
                if (isWanted(node, scopes)) {
                    found.addAll(pathsOf(node.getArtifact()));
                }
                return true;
            }

            @Override
            public boolean visitLeave(DependencyNode node) {
                return true;
            }
        });
        return List.copyOf(found);
    }

    private DependencyNode resolve(Set<String> scopes) throws FileProblem {
        DefaultDependencyResolutionRequest request =
                new DefaultDependencyResolutionRequest(project, session.getRepositorySession());
        request.setResolutionFilter((node, parents) ->
                isWanted(node, scopes) && moduleOf(node.getArtifact()).isEmpty());
        try {
            return resolver.resolve(request).getDependencyGraph();
        } catch (DependencyResolutionException e) {
            throw new FileProblem(
                    "cannot resolve the dependencies, in which an import is looked for: " + e.getMessage());
        }
    }

    private static boolean isWanted(DependencyNode node, Set<String> scopes) {
        return node.getDependency() != null
                && scopes.contains(node.getDependency().getScope());
    }

    private List<Path> pathsOf(Artifact artifact) {
        Optional<MavenProject> module = moduleOf(artifact);
        if (module.isPresent()) {
            return pathsOf(module.get());
        }
        return artifact.getFile() == null
                ? List.of()
                : List.of(artifact.getFile().toPath());
    }

    /** Lists the files and folders that this build has made of a module, or will make of it. */
    private static List<Path> pathsOf(MavenProject module) {
        List<Path> paths = new ArrayList<>();
        if (module.getArtifact().getFile() != null) {
            paths.add(module.getArtifact().getFile().toPath());
        }
        paths.addAll(folders(module, module.getResources()));
        Path classes = Path.of(module.getBuild().getOutputDirectory());
        if (Files.exists(classes)) {
            paths.add(classes);
        }
        return paths;
    }

    private static List<Path> folders(MavenProject module, List<Resource> resources) {
        Path basedir = module.getBasedir().toPath();
        return resources.stream()
                .map(resource -> basedir.resolve(resource.getDirectory()))
                .toList();
    }

    private Optional<MavenProject> moduleOf(Artifact artifact) {
        return session.getProjects().stream()
                .filter(module -> module.getGroupId().equals(artifact.getGroupId())
                        && module.getArtifactId().equals(artifact.getArtifactId())
                        && module.getVersion().equals(artifact.getBaseVersion()))
                .findFirst();
    }
}
