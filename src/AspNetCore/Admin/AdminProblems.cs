using ActorSockets.AspNetCore.Observability;
using Akka.Actor;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Logging;

namespace ActorSockets.AspNetCore.Admin;

/// <summary>Gives every failure below <c>/admin/v1</c> a body: those of routing and of the server too.</summary>
internal sealed partial class AdminProblems(RequestDelegate next, ILogger<AdminProblems> logger)
{
    public Task InvokeAsync(HttpContext context)
    {
        ArgumentNullException.ThrowIfNull(context);

        // Not awaited: WebSockets pass here, too, and what awaits them is held as long as they live.
        return context.Request.Path.StartsWithSegments("/admin/v1") ? ExplainAsync(context) : next(context);
    }

    private async Task ExplainAsync(HttpContext context)
    {
        try
        {
            await next(context);
            var response = context.Response;
            if (response.StatusCode >= StatusCodes.Status400BadRequest && !response.HasStarted && response.ContentType is null && response.ContentLength is null)
                await Problems.Of(response.StatusCode, Explain(response)).ExecuteAsync(context);
        }
        catch (AskTimeoutException e) when (!context.Response.HasStarted)
        {
            NoAnswer(logger, e, context.Request.Method, context.Request.Path);
            context.Response.Headers.RetryAfter = "1";
            await Problems.Of(StatusCodes.Status503ServiceUnavailable, "The node did not answer in time. Whether a change took place is unknown: look before you repeat it.").ExecuteAsync(context);
        }
        catch (BadHttpRequestException e) when (!context.Response.HasStarted)
        {
            await Problems.Of(e.StatusCode, e.StatusCode == StatusCodes.Status413PayloadTooLarge ? "The body is too large." : "The request could not be read.").ExecuteAsync(context);
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            // The caller is gone; there is nobody to tell.
        }
#pragma warning disable CA1031 // The last stop before Kestrel, which would answer without a body.
        catch (Exception e) when (!context.Response.HasStarted)
#pragma warning restore CA1031
        {
            Failed(logger, e, context.Request.Method, context.Request.Path);
            await Problems.Of(StatusCodes.Status500InternalServerError, "The call failed; the log of this node says why.").ExecuteAsync(context);
        }
    }

    private static string Explain(HttpResponse response) => response.StatusCode switch
    {
        StatusCodes.Status404NotFound => "There is no such resource.",
        StatusCodes.Status415UnsupportedMediaType => "The body must be application/json.",
        StatusCodes.Status405MethodNotAllowed => $"Allowed here: {response.Headers.Allow}.",
        _ => ReasonPhrases.GetReasonPhrase(response.StatusCode),
    };

    [LoggerMessage(EventIds.AdminNoAnswer, LogLevel.Warning, "No answer within the node for {Method} {Path}")]
    private static partial void NoAnswer(ILogger logger, Exception exception, string method, PathString path);

    [LoggerMessage(EventIds.AdminFailed, LogLevel.Error, "{Method} {Path} failed")]
    private static partial void Failed(ILogger logger, Exception exception, string method, PathString path);
}
