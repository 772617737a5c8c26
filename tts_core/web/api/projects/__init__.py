"""Projects: their routes, and their Gradio endpoints, which are also MCP tools."""
