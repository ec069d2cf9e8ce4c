using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Matching;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace ActorSockets.AspNetCore.Listeners;

/// <summary>Endpoint metadata: this route exists on listeners of one kind only.</summary>
internal sealed record OnListener(ListenerKind Kind);

/// <summary>Takes routes of the other listener out of the candidates: there they are as unknown as any other path.</summary>
internal sealed class ListenerMatcherPolicy : MatcherPolicy, IEndpointSelectorPolicy
{
    // Before the policies that choose among what is left.
    public override int Order => int.MinValue + 100;

    public bool AppliesToEndpoints(IReadOnlyList<Endpoint> endpoints) =>
        endpoints.Any(e => e.Metadata.GetMetadata<OnListener>() is not null);

    public Task ApplyAsync(HttpContext httpContext, CandidateSet candidates)
    {
        // An endpoint that the application made in code, or by --urls, has no mark: it is public like any that is not named Admin.
        var kind = httpContext.Features.Get<IListenerFeature>()?.Kind ?? ListenerKind.Public;
        for (var i = 0; i < candidates.Count; i++)
        {
            if (candidates[i].Endpoint.Metadata.GetMetadata<OnListener>() is { } wanted && wanted.Kind != kind)
                candidates.SetValidity(i, false);
        }

        return Task.CompletedTask;
    }
}

internal static class OnListenerRegistration
{
    internal static IServiceCollection AddListenerRouting(this IServiceCollection services)
    {
        services.TryAddEnumerable(ServiceDescriptor.Singleton<MatcherPolicy, ListenerMatcherPolicy>());
        return services;
    }

    internal static TBuilder OnlyOn<TBuilder>(this TBuilder builder, ListenerKind kind)
        where TBuilder : IEndpointConventionBuilder => builder.WithMetadata(new OnListener(kind));

    /// <summary>Without the policy the mark would mean nothing and the routes would be open to the public: refuse to map them.</summary>
    internal static void RequireListenerRouting(this IEndpointRouteBuilder endpoints)
    {
        if (!endpoints.ServiceProvider.GetServices<MatcherPolicy>().OfType<ListenerMatcherPolicy>().Any())
            throw new InvalidOperationException($"Call {nameof(AddListenerRouting)} before mapping routes of one listener.");
    }
}
